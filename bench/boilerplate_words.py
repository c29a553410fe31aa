"""Boxes, disclaimers, bios and ledes in five languages, and the letters that made-up words are made of."""

from __future__ import annotations

_ENGLISH = (
    "b c d f g h j k l m n p r s t v w br ch cl dr fl gr pl st tr th",
    "a e i o u ai ea ou",
    "- n r l t ng rd st m",
)
_GERMAN = (
    "b d f g h k l m n p r s t w z br fl gr kr pfl schl schw st tr",
    "a e i o u au ei ie ü ö",
    "- n r l t ung cht st en",
)
_SPANISH = (
    "b c d f g h j l m n p r s t v br cr fl gr pl qu tr ll",
    "a e i o u ia ie ue",
    "- n s r l ción dor d",
)
_ARABIC = ("ب ت ث ج ح خ د ر ز س ش ص ط ع غ ف ق ك ل م ن ه و ي", "ا ي و - -", "- ة ان ين ات")
HAN = (
    "安北城川春村达丹德电东段方风福港格工古关光海航河黑红湖华欢机济家建江教金京景军康科孔口库蓝乐雷黎力立林龙路罗马梅美门米民明木南"
    "宁农欧平普奇桥青清区泉日荣桑山商沙石士世市水思松苏塔台唐特天田铁通土万王望维文武西溪夏香新星学雪亚盐阳业医银英永邮渔玉原远云"
    "运泽站张照镇正中州洲竹庄紫"
)
# Onsets, vowels and codas; a dash is none.
LETTERS = {"en": _ENGLISH, "de": _GERMAN, "es": _SPANISH, "ar": _ARABIC}

SMALL_WORDS = {
    "en": "the of and to in for that on with as it was by from after at his her has will not but they who said",
    "de": "der die das und in zu den von mit auf für im ist dem nicht eine als auch es an werden aus nach bei",
    "es": "de la que el en y a los del se las por un para con una su al lo como más pero sus este ya entre",
    "zh": "的 了 在 是 和 与 对 为 将 也 就 都 这 那 有 不",
    "ar": "في من على إلى أن عن مع هذا التي الذي كان بعد قبل بين حتى عند كل لم قد ما لا",
}

# {name} is the publisher. Not one of them is what `clean` knows by its words.
BOXES = {
    "en": [
        "Every morning at six our editors pick the five reports that matter and send them out before breakfast, free.",
        "This newspaper belongs to its readers: since 1911 a cooperative of nine thousand households has paid for it.",
        "Views expressed by guest authors are their own and need not agree with those of the editors of {name}.",
        "Ottoline Marsh covers courts and prisons for {name}. Before that she taught law in a harbour town.",
        "Piers Halloway writes on fishing, ferries and the weather, and has a column on Saturdays.",
        "Do you know more about this? Our confidential letterbox takes documents and hints from anybody.",
        "Our complaints panel meets on the first Tuesday; its rulings are printed unabridged on page two.",
    ],
    "de": [
        "Jeden Morgen um sechs wählt die Redaktion fünf Texte aus und verschickt sie kostenlos vor dem Frühstück.",
        "Dieses Blatt gehört seinen Leserinnen und Lesern: Eine Genossenschaft von neuntausend Haushalten trägt es.",
        "Gastbeiträge geben die Ansicht ihrer Verfasser wieder und nicht unbedingt die der Redaktion von {name}.",
        "Ottilie Marschner berichtet für {name} über Gerichte und Gefängnisse. Zuvor lehrte sie Recht am Hafen.",
        "Peter Hallweg schreibt über Fischerei, Fähren und Wetter und hat samstags eine Kolumne.",
        "Wissen Sie mehr darüber? Unser vertraulicher Briefkasten nimmt Unterlagen und Hinweise entgegen.",
        "Der Beschwerderat tagt am ersten Dienstag; seine Sprüche werden ungekürzt auf Seite zwei abgedruckt.",
    ],
    "es": [
        "Cada mañana a las seis la redacción elige cinco textos y los envía gratis antes del desayuno.",
        "Este periódico pertenece a sus lectores: una cooperativa de nueve mil hogares lo sostiene desde 1911.",
        "Las opiniones de los autores invitados son suyas y no tienen por qué coincidir con las de {name}.",
        "Otilia Marcos cubre tribunales y prisiones para {name}. Antes enseñó derecho en una ciudad portuaria.",
        "Pedro Jalón escribe sobre pesca, transbordadores y el tiempo, y firma una columna los sábados.",
        "¿Sabe algo más de este asunto? Nuestro buzón confidencial recibe documentos y pistas de cualquiera.",
        "La comisión de quejas se reúne el primer martes; sus fallos salen íntegros en la página dos.",
    ],
    "zh": [
        "每天早晨六点，编辑部挑选五篇值得一读的报道，在早餐之前免费寄送到读者手中，欢迎订户推荐亲友。",
        "这份报纸属于读者：九千户家庭组成的合作社自创刊以来承担全部印刷费用，不接受任何企业资助。",
        "客座作者的观点仅代表个人立场，未必与{name}编辑部一致，文责由作者自负，特此声明。",
        "马淑芬在{name}负责法院与监狱方面的采访，此前曾在一座港口城市的学院讲授法律多年。",
        "何伟良撰写渔业、渡轮和气象方面的稿件，每逢周六刊出个人专栏，读者来信请寄编辑部转交。",
        "您是否了解更多内情？本报保密信箱接收任何人寄来的文件和线索，我们会妥善保护提供者身份。",
        "投诉委员会每逢首个周二开会，裁决全文刊登于第二版，读者可到场旁听并查阅会议记录。",
    ],
    "ar": [
        "كل صباح في السادسة يختار المحررون خمسة نصوص تستحق القراءة ويرسلونها مجانا قبل موعد الفطور.",
        "هذه الصحيفة ملك لقرائها: تعاونية من تسعة آلاف أسرة تتحمل تكاليف طباعتها ولا تقبل دعم الشركات.",
        "تعبر آراء الكتاب الضيوف عن أصحابها ولا تمثل بالضرورة رأي هيئة التحرير في {name} ولا سياستها.",
        "عفاف مرسي تغطي المحاكم والسجون لصالح {name} وكانت تدرس القانون في مدينة ساحلية سنوات طويلة.",
        "بطرس حلاوي يكتب عن الصيد والعبارات وأحوال الطقس وله زاوية أسبوعية تنشر كل سبت في الصفحة الأخيرة.",
        "هل تعرف المزيد حول الموضوع؟ صندوقنا السري يستقبل الوثائق والمعلومات من أي شخص ونحمي هويته.",
        "تجتمع لجنة الشكاوى في أول ثلاثاء وتنشر قراراتها كاملة في الصفحة الثانية ويمكن للقراء حضور الجلسة.",
    ],
}
LEDES = {
    "en": ["From our regional desk, with the correspondents of four towns:", "As printed in the evening edition."],
    "de": ["Aus unserer Regionalredaktion, mit Berichten aus vier Städten:", "Wie in der Abendausgabe gedruckt."],
    "es": ["De nuestra redacción regional, con corresponsales en cuatro ciudades:", "Según la edición vespertina."],
    "zh": ["本报地区编辑部联合四地通讯员综合采写：", "原载晚间版。"],
    "ar": ["من مكتبنا الإقليمي بمشاركة مراسلين في أربع مدن:", "كما نشر في الطبعة المسائية."],
}
