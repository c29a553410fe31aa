"""Words that articles on anything share, in the languages we meet most: they relate no two texts."""

from __future__ import annotations

_COMMON = """
about according across after again against ahead all almost also although always among amid another around asked back
because been before being best between both came city comes could country does doing during each early even every
expected first five following former four from full government group have having here high hours however image into
know last late later least less like likely live long made major make making many members might minutes monday more
morning most much must near need never news next night nine number officials often once only other over part people
photo place plan public read report reported reports right said same says second seven several share should since
some state statement still story such take than that their them then there these they thing things this those three
through time times today told took tuesday under until upon used very wednesday thursday friday saturday sunday
week weeks well went were what when where which while will with within without work world would year years your
yesterday january february march april june july august september october november december ours

aber alle allem allen aller alles also andere anderen auch beim bereits bislang dabei dafür dagegen damit dann daran
darauf darf dass davon dazu dein denen denn deren dessen deutlich diese diesem diesen dieser dieses doch dort drei
durch eine einem einen einer eines einige erst erste ersten etwa fast für gegen gegenüber geht gibt habe haben hatte
hatten heißt heute hier hinter ihre ihrem ihren ihrer immer jahr jahre jahren jahres jeder jetzt kann kein keine
können konnte machen mehr menschen mehrere müssen nach neue neuen nicht noch nach nächsten oder ohne prozent sagte
schon sehr sein seine seinem seinen seiner seit sich sind soll sollen sollte sondern sowie teil über unter viele vier
vom vor wann waren wegen weil weiter weitere welche wenn werden wieder will wird wollen worden wurde wurden zehn zeit
zwei zwischen montag dienstag mittwoch donnerstag freitag samstag sonntag woche wochen rund neben laut

ainsi alors après aucun aujourd aussi autre autres avait avant avec avoir beaucoup bien cela celle celui ceux cette
chaque chez comme contre dans depuis dernier dernière dernières derniers deux devant dit donc dont elle elles encore
entre était étaient être faire fait faut fois font hier hommes jour jours jusqu leur leurs lors lundi mais mardi
matin même mercredi moins mois mois notamment notre nous nouveau nouvelle pays pendant personnes peut plus plusieurs
point pour pourrait première premier près quand quatre quelques sans sera selon semaine semaines ses sont sous
suite sur tous tout toute toutes trois très vendredi vers votre vous jeudi samedi dimanche années

además ahora algunos ante antes aunque años cada casi como contra cual cuando cuatro desde después días dice dicho
dijo donde durante ella ellos embargo entre esta está están estas este estos fueron gran habían hace hacia hasta
horas hoy lunes martes mayor más menos meses miércoles mientras mismo mucho muchos muy nuestra nuestro nueva nuevo
otra otras otro otros para parte pero personas poco porque primer primera puede pueden quien quienes según segundo
semana semanas sería sido siempre sobre solo también tanto tener tiempo tiene tienen toda todas todo todos tras tres
viernes jueves sábado domingo unos una cuyo donde esto

alla alle altri altro anche ancora anni anno aveva avere bene come contro così cosa dalla dalle dallo degli della
delle dello dentro dopo dove durante ecco erano essere fatto fino gli giorni giorno grazie hanno ieri loro lunedì
martedì mercoledì giovedì venerdì sabato domenica meno mentre mesi molto nella nelle nello nessuno nostra nostro nuova
nuovo ogni oggi oltre ora perché però persone più poco poi possono prima primo proprio qualche quale quando quanto
quattro quella quelle quello questa queste questi questo quindi secondo sempre senza settimana sono sotto stata stati
stato sugli sulla sulle sullo suoi tempo tutta tutti tutto tra verso volta

agora ainda algum além anos antes apenas após aqui assim bem cada com como contra dela dele depois desde deve dias
disse dois durante ela eles entre era essa esse esta está estão este foram fora hoje isso mais mas meio meses mesmo
muito nossa nosso nova novo numa onde ontem outra outras outro outros para parte pela pelas pelo pelos pessoas pode
podem porque primeira primeiro quando quatro quem segundo sem semana sempre ser seus sido sobre sua suas também tem
tempo tinha toda todas todo todos três uma vai você

aan alle alleen alles altijd andere binnen daar daarom deze door eens eerste elke geen gaan haar hebben heeft hier
hoe hun jaar jaren kan komen kunnen maar maken maand meer meest mensen minder moet moeten naar niet nieuwe nog nooit
onder onze ook over procent staat tegen tijdens toch toen tussen twee uit van vandaag vanaf veel volgens voor waar
waren wat week werd werden wordt worden zegt zich zijn zonder zoals zou

более больше было были была быть важно ведь весь время всего всех всегда года году даже день дней если есть ещё
еще затем здесь именно имеет каждый какой когда который которая которое которые которых кроме лишь людей меня между
место может можно надо нами нашей наши него несколько нет новости однако около она они очень первый перед после
потом потому почти при под раза раньше сегодня сейчас сказал сказала словам слов сообщил сообщила сообщили
среди стал стала стали страны также такие такой только тоже три тысяч чего человек через чтобы этого этой этом этот
этих является январе феврале марте апреле июне июле августе сентябре октябре ноябре декабре

або адже але багато без більше було були була бути вже від він вона вони вчора для дня днів його йому який яка яке
які коли крім людей між можна може нам нас наші них понад після потім проти року роки свою себе сьогодні також таких
такий тому тільки цього цьому через щоб ще

albo bardzo będą będzie było była były bez czas czy dla dnia dni dwa ich innych jako jego jednak jest jeszcze każdy
kiedy które który która których lat między może można nad nich nie niż oraz osób podczas pod ponad przed przez przy
roku rok się swoje swoich tak także tego tej ten też tylko tym wiele więcej wszystkie został została zostało

ancak bile bir biri birçok bugün çok daha değil diye eden edildi fazla gibi göre hem her için içinde ile ise kadar
kendi kişi nasıl olan olarak oldu olduğu olmak önce oranda sadece sonra şekilde tarafından tüm üzerinde var yeni yer
yıl yılda yüzde

adalah akan antara atau bagi bahwa banyak beberapa bisa dalam dapat dari dengan hari harus hingga ingin itu juga
kami karena kata kepada kita lain lebih mereka oleh pada para saat saja saya sebagai sebuah secara sejak serta
setelah sudah tahun telah tersebut tidak untuk yang

إلى التي الذي الذين اليوم أكثر أمام أنها أنه أول أيضا بعد بعض بين تلك حتى حول حيث خلال دون ذلك سوف ضمن عام
عبر على عليه عليها عن عند عندما عنه غير فقط فيه فيها قال قالت قبل كان كانت كما كل لكن لها لهم ليس مثل مع
منذ منها منه نحو هذا هذه هناك وأضاف وقال وقالت وقد وكان وكانت ولا ولم وهو وهي يكون يمكن يوم الآن الأول
أما إذا لقد رغم جدا هنا نحن هما وفي ومن وعلى وإلى ولكن حين لدى لدي كيف ماذا لماذا شخص عدد وهذا وهذه بها به
الماضي الأخبار أخبار الجديد الجديدة الناس العام السنة

अपने अपनी अपना अब अभी आज आप इन इस इसके इसकी इसमें उन उनके उनकी उन्होंने उस उसके एक और कई कर करना करने करते
कहा कहना किया किसी की के को कोई गया गई गए जब जा जाता जाने जो तक तो था थी थे दिया दिन दो द्वारा नहीं ने पर
पहले फिर बाद बात बार बीच भी में यह यहां या रहा रही रहे लिए लेकिन लोग लोगों वह वाले साथ साल से हम हुआ हुई
हुए है हैं हो होगा होता होने

그리고 그러나 대한 대해 때문에 따라 또한 많은 모든 밝혔다 말했다 위해 이번 있는 있다 있었다 없는 오늘 지난 함께 통해
것으로 것이다 했다
"""
#: Words of scripts with spaces, folded as the tokeniser folds them.
COMMON = frozenset(_COMMON.split())
#: Signs of scripts without spaces whose pairs stand in any text.
COMMON_SIGNS = frozenset(
    "的了在是和与與及对對为為将將也就都这這那有不一们們我你他她它个個上下中到说說会會能可要于於以而但从從被把让讓给給等还還"
    "年月日时時分点點今昨第两兩二三四五六七八九十百千万萬亿億多少前后後间間该該者"
    "のはがをにでともへやかられるりいうえおあこそたてなけくきさしすせだどまめもよわんっつ"
)
