"""Short news articles of our own in five languages, each on another subject, to hang boxes on."""

from __future__ import annotations

# language: articles as (title, first paragraph, second paragraph); no two have a subject in common
ARTICLES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "en": (
        (
            "Harbour bridge shut after barge strikes pier",
            "Engineers closed the harbour bridge on Tuesday after a gravel barge scraped its northern pier at dawn.",
            "Divers found a crack as long as a hand, and lorries will take the tunnel until it has been filled.",
        ),
        (
            "Choir of miners wins prize in Graz",
            "Forty retired miners from Lenswick sang their way to the golden tuning fork at a festival in Graz.",
            "Their conductor, Mabel Orchard, had rehearsed them in a disused pit whose echo nobody else wanted.",
        ),
        (
            "Wheat rust spreads to three valleys",
            "A fungus that turns wheat orange has reached three valleys, agronomists from Dunholm warned farmers.",
            "Spraying before the rains would save two thirds of what is sown, their leaflet promises.",
        ),
        (
            "Chess champion resigns title over clock dispute",
            "Grandmaster Ilse Varga gave back her crown after arbiters refused to look at a faulty clock.",
            "She lost the ninth game when its display jumped by eleven minutes, which a camera had filmed.",
        ),
        (
            "Library finds lost map in atlas binding",
            "Restorers peeling an atlas apart discovered a coastal map drawn by a pilot four centuries ago.",
            "It shows shoals that satellites confirmed last spring, and an island which nobody has ever seen.",
        ),
        (
            "Court lets beekeeper keep hives on roof",
            "Judges ruled that hives on a tenement roof are no nuisance, however much the neighbours sneeze.",
            "Beekeeper Oswin Pratt had offered each flat a jar; the appeal turned on whether that was bribery.",
        ),
    ),
    "de": (
        (
            "Hafenbrücke nach Schiffsunfall gesperrt",
            "Nach dem Zusammenstoß mit einem Kieskahn ist die Hafenbrücke seit Dienstag für Lastwagen gesperrt.",
            "Taucher entdeckten einen Riss im nördlichen Pfeiler, der bis Monatsende vergossen wird.",
        ),
        (
            "Bergmannschor gewinnt Goldene Stimmgabel",
            "Vierzig pensionierte Bergleute ersangen sich beim Festival in Graz die Goldene Stimmgabel.",
            "Geprobt hatte Dirigentin Mabel Obstgarten in einem stillgelegten Stollen mit seltenem Echo.",
        ),
        (
            "Getreiderost erreicht drei Täler",
            "Ein Pilz, der Weizenhalme orange färbt, breitet sich in drei Tälern aus, warnen Agronomen.",
            "Wer vor dem Regen spritzt, rettet zwei Drittel der Aussaat, verspricht ihr Merkblatt.",
        ),
        (
            "Schachweltmeisterin verzichtet auf Titel",
            "Großmeisterin Ilse Varga gibt ihre Krone zurück, weil Schiedsrichter eine defekte Uhr ignorierten.",
            "Die neunte Partie verlor sie, als die Anzeige elf Minuten übersprang, wie ein Film beweist.",
        ),
    ),
    "ru": (
        (
            "Портовый мост закрыт после удара баржи",
            "Инженеры закрыли портовый мост во вторник, когда баржа с гравием задела северную опору на рассвете.",
            "Водолазы нашли трещину длиной с ладонь, грузовики поедут через тоннель до окончания ремонта.",
        ),
        (
            "Хор шахтёров победил на фестивале в Граце",
            "Сорок бывших горняков получили золотой камертон за исполнение старинных песен под управлением Орловой.",
            "Репетировали они в заброшенной штольне, эхо которой больше никому не пригодилось.",
        ),
        (
            "Ржавчина пшеницы добралась до трёх долин",
            "Грибок, окрашивающий колосья в рыжий цвет, обнаружили агрономы сразу в нескольких хозяйствах.",
            "Опрыскивание перед дождями спасёт большую часть посевов, обещает их памятка.",
        ),
        (
            "Чемпионка мира отказалась от шахматной короны",
            "Гроссмейстер Ильзе Варга вернула титул, потому что арбитры не проверили неисправные часы.",
            "Девятую партию она проиграла, когда табло перескочило на одиннадцать минут, что сняла камера.",
        ),
    ),
    "zh": (
        (
            "驳船撞桥墩 港口大桥封闭",
            "周二清晨，一艘运砂驳船擦撞北侧桥墩，工程师随即封闭港口大桥，货车改走海底隧道。",
            "潜水员发现一道手掌长的裂缝，预计月底前灌浆修补完毕。",
        ),
        (
            "退休矿工合唱团格拉茨夺冠",
            "四十名退休矿工凭借古老民歌赢得金音叉奖，指挥果园女士激动落泪，全场观众起立鼓掌。",
            "他们长期在废弃坑道排练，独特回声无人争抢。",
        ),
        (
            "小麦锈病蔓延三处山谷",
            "农艺师警告，一种使麦穗变橙的真菌正在扩散，雨季来临前喷药可挽救三分之二播种面积。",
            "合作社已免费发放宣传册并安排无人机作业。",
        ),
        (
            "棋后因计时钟争议放弃头衔",
            "特级大师瓦尔加交还桂冠，抗议裁判拒绝检查故障棋钟，第九局显示屏跳动十一分钟被摄像机拍下。",
            "国际棋联表示尊重选择，将重新举办挑战赛。",
        ),
    ),
    "ar": (
        (
            "إغلاق جسر الميناء بعد اصطدام بارجة",
            "أغلق المهندسون جسر الميناء فجر الثلاثاء عندما صدمت بارجة محملة بالحصى دعامته الشمالية.",
            "عثر الغواصون على شق بطول الكف وستسلك الشاحنات النفق ريثما يكتمل الترميم.",
        ),
        (
            "جوقة عمال المناجم تفوز بمهرجان غراتس",
            "نال أربعون متقاعدا من عمال المناجم الشوكة الذهبية بفضل أغان قديمة قادتها المايسترو بستاني.",
            "تدربت الجوقة داخل سرداب مهجور لم يرغب غيرها بصداه الغريب.",
        ),
        (
            "صدأ القمح يبلغ ثلاثة أودية",
            "حذر مهندسون زراعيون مزارعين تلونت سنابلهم بالبرتقالي نتيجة فطر سريع الانتشار.",
            "الرش قبيل موسم الأمطار ينقذ ثلثي المحصول حسب نشرتهم الإرشادية.",
        ),
        (
            "بطلة الشطرنج تتنازل احتجاجا بسبب ساعة معطلة",
            "أعادت الأستاذة الكبيرة إلزه فارغا تاجها لأن الحكام رفضوا فحص المؤقت الإلكتروني.",
            "خسرت الجولة التاسعة حينما قفزت الشاشة إحدى عشرة دقيقة أمام الكاميرات.",
        ),
    ),
}
#: Boxes that publishers hang on articles, without words that `clean` knows.
BOXES = {
    "en": "Every morning at six our editors pick five reports worth your breakfast and send them out for nothing.",
    "de": "Jeden Morgen um sechs sucht die Redaktion fünf lesenswerte Texte aus und verschickt sie zum Frühstück.",
    "ru": "Каждое утро в шесть редакция выбирает пять материалов к завтраку и рассылает их даром.",
    "zh": "每天早晨六点，编辑挑选五篇值得一读的文章，在早餐之前寄到读者手里，分文不取。",
    "ar": "كل صباح في السادسة ينتقي محررونا خمسة نصوص تليق بالفطور ويرسلونها مجانا إلى المشتركين.",
}
