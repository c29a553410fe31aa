"""Texts of our own in eight languages, the journeys that news makes of them, and look-alikes from one template."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ingest.model import ArticleId, Document

NOON = datetime(2026, 5, 4, 12, 7, tzinfo=UTC)

# language: title, four or five paragraphs
TEXTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "en": (
        "Delegations meet in Anchorage for talks on ceasefire",
        (
            "Negotiators from both governments met behind closed doors in Anchorage on Monday for the "
            "first direct talks in"
            " eleven months, and agreed to exchange 340 prisoners before the end of the week.",
            "The meeting, held in a conference centre near Ship Creek, lasted nine hours. Foreign "
            "minister Ines Varga called"
            " it sober and useful, while her counterpart Tomas Ekholm said that the hardest questions "
            "had been put off.",
            "A working group will draft a map of 17 crossing points, and monitors from three neutral "
            "states are to arrive at"
            " the border by 20 May. The cost of the mission, put at 46 million dollars, will be shared.",
            "Earlier rounds in Tallinn and Muscat broke down over the status of the port of Kerava. "
            "Diplomats said that the"
            " port was not on the agenda this time, which one of them described as the price of being "
            "in the same room.",
            "The delegations will meet again on 2 June. Until then a telephone line between the two "
            "general staffs is to be"
            " tested every morning, starting on Thursday.",
        ),
    ),
    "de": (
        "Delegationen beraten in Anchorage über Waffenruhe",
        (
            "Unterhändler beider Regierungen haben sich am Montag in Anchorage hinter verschlossenen "
            "Türen getroffen und"
            " vereinbart, bis zum Ende der Woche 340 Gefangene auszutauschen. Es waren die ersten "
            "Gespräche seit elf Monaten.",
            "Das Treffen in einem Kongresszentrum dauerte neun Stunden. Außenministerin Ines Varga "
            "nannte es nüchtern und"
            " nützlich, ihr Gegenüber Tomas Ekholm sagte, die schwersten Fragen seien vertagt worden.",
            "Eine Arbeitsgruppe soll 17 Übergänge festlegen, Beobachter aus drei neutralen Staaten "
            "sollen bis zum 20. Mai an"
            " der Grenze eintreffen. Die Kosten von 46 Millionen Dollar werden geteilt.",
            "Frühere Runden in Tallinn und Maskat waren am Streit über den Hafen von Kerava "
            "gescheitert. Diesmal habe der"
            " Hafen nicht auf der Tagesordnung gestanden, hieß es von Diplomaten.",
        ),
    ),
    "es": (
        "Las delegaciones se reúnen en Anchorage para hablar de una tregua",
        (
            "Negociadores de ambos gobiernos se reunieron el lunes a puerta cerrada en Anchorage y "
            "acordaron canjear 340"
            " prisioneros antes del fin de semana, en las primeras conversaciones directas en once meses.",
            "El encuentro, en un centro de congresos, duró nueve horas. La ministra Ines Varga lo llamó "
            "sobrio y útil, y su"
            " homólogo Tomas Ekholm dijo que las cuestiones más difíciles habían quedado aplazadas.",
            "Un grupo de trabajo trazará un mapa con 17 pasos fronterizos y observadores de tres "
            "estados neutrales llegarán"
            " antes del 20 de mayo. El coste, de 46 millones de dólares, será compartido.",
            "Las rondas anteriores, en Tallin y Mascate, fracasaron por el estatuto del puerto de "
            "Kerava, que esta vez no"
            " figuraba en el orden del día, según dijeron varios diplomáticos.",
        ),
    ),
    "ru": (
        "Делегации обсудили перемирие в Анкоридже",
        (
            "Переговорщики двух правительств встретились в понедельник в Анкоридже за закрытыми дверями "
            "и договорились до"
            " конца недели обменять 340 пленных. Это были первые прямые переговоры за одиннадцать месяцев.",
            "Встреча в конференц-центре продолжалась девять часов. Министр Инес Варга назвала её "
            "трезвой и полезной, а её"
            " коллега Томас Экхольм сказал, что самые трудные вопросы были отложены.",
            "Рабочая группа составит карту 17 пунктов пропуска, а наблюдатели из трёх нейтральных "
            "государств прибудут на"
            " границу к 20 мая. Расходы в размере 46 миллионов долларов будут разделены.",
            "Прежние раунды в Таллине и Маскате сорвались из-за статуса порта Керава. По словам "
            "дипломатов, на этот раз"
            " порта в повестке дня не было, и это было ценой общего стола.",
        ),
    ),
    "ar": (
        "الوفود تبحث الهدنة في أنكوريج",
        (
            "اجتمع مفاوضون من الحكومتين يوم الاثنين خلف أبواب مغلقة في مدينة أنكوريج واتفقوا على تبادل "
            "340 أسيرا قبل نهاية"
            " الأسبوع في أول محادثات مباشرة منذ أحد عشر شهرا.",
            "واستمر اللقاء في مركز للمؤتمرات تسع ساعات. ووصفته وزيرة الخارجية إينيس فارغا بأنه رصين "
            "ومفيد بينما قال نظيرها"
            " توماس إيكهولم إن أصعب المسائل قد أرجئت إلى موعد لاحق.",
            "وستضع مجموعة عمل خريطة تضم 17 معبرا ويصل مراقبون من ثلاث دول محايدة إلى الحدود قبل 20 "
            "مايو. وسيتقاسم الطرفان"
            " كلفة البعثة البالغة 46 مليون دولار.",
            "وكانت جولات سابقة في تالين ومسقط قد انهارت بسبب الخلاف على وضع ميناء كيرافا. وقال "
            "دبلوماسيون إن الميناء لم يكن"
            " هذه المرة على جدول الأعمال.",
        ),
    ),
    "hi": (
        "एंकोरेज में युद्धविराम पर प्रतिनिधिमंडलों की बैठक",
        (
            "दोनों सरकारों के वार्ताकारों ने सोमवार को एंकोरेज में बंद दरवाजों के पीछे मुलाकात की और "
            "सप्ताह के अंत तक 340 कैदियों की"
            " अदला-बदली पर सहमति जताई। ग्यारह महीनों में यह पहली सीधी बातचीत थी।",
            "सम्मेलन केंद्र में हुई यह बैठक नौ घंटे चली। विदेश मंत्री इनेस वर्गा ने इसे संयत और उपयोगी "
            "बताया, जबकि उनके समकक्ष टॉमस"
            " एकहोम ने कहा कि सबसे कठिन सवाल टाल दिए गए हैं।",
            "एक कार्यदल 17 चौकियों का नक्शा बनाएगा और तीन तटस्थ देशों के पर्यवेक्षक 20 मई तक सीमा पर "
            "पहुंचेंगे। मिशन का 46 लाख डॉलर का"
            " खर्च दोनों पक्ष उठाएंगे।",
            "तालिन और मस्कट में पिछले दौर केरावा बंदरगाह के दर्जे को लेकर टूट गए थे। राजनयिकों ने कहा कि इस बार बंदरगाह एजेंडे में नहीं था।",
        ),
    ),
    "zh": (
        "两国代表团在安克雷奇就停火举行会谈",
        (
            "两国政府的谈判代表星期一在安克雷奇闭门会晤，同意在本周末之前交换340名战俘。这是十一个月以来双方首次直接会谈，地点选在城郊一处安静的场所。",
            "会谈在一座会议中心举行，持续了九个小时。外交部长伊内丝·瓦尔加称会谈冷静而有益，对方代表托马斯·埃克霍尔姆则表示最棘手的问题被推迟讨论。",
            "一个工作组将绘制包含17个过境点的地图，来自三个中立国家的观察员将于5月20日前抵达边境。耗资4600万美元的任务费用由双方分担。",
            "此前在塔林和马斯喀特举行的几轮谈判因凯拉瓦港的地位问题而破裂。外交官们说这一次港口并不在议程之内，这正是双方能够坐到一起的代价。",
        ),
    ),
    "ja": (
        "アンカレジで停戦協議、両国代表団が会談",
        (
            "両国政府の交渉担当者は月曜日、アンカレジで非公開の会談を行い、週末までに捕虜340人を交換することで合意した。直接の協議は十一カ月ぶりとなる。",
            "会談は会議場で九時間にわたって続いた。外相のイネス・バルガ氏は冷静で有益だったと述べ、相手側のトマス・エクホルム氏は最も難しい問題は先送りされたと語った。",
            "作業部会が17カ所の通過地点の地図を作成し、中立三カ国の監視員が5月20日までに国境に到着する。4600万ドルの費用は双方が分担する。",
            "これまでタリンとマスカットで開かれた協議はケラバ港の地位をめぐって決裂していた。外交筋によると、今回は港は議題に含まれていなかった。",
        ),
    ),
}

# language: a title and text with places for what differs from one issue to the next; four sets of such
TEMPLATES: dict[str, tuple[str, str, tuple[tuple[str, ...], ...]]] = {
    "en sanctions": (
        "Council adopts {0} package of sanctions on {1}",
        "The council adopted a {0} package of sanctions against {1} on {2}, listing {3} people and {4} companies."
        "\nThe {0} package also widens the ban on machine parts, the presidency said. It takes effect at midnight."
        "\nMember states have two weeks to report accounts that they have frozen under the measures.",
        (
            ("12th", "Rovania", "Tuesday", "31", "12"),
            ("13th", "Rovania", "Tuesday", "31", "12"),
            ("14th", "Rovania", "Friday", "48", "7"),
            ("4th", "Maldova", "Monday", "19", "3"),
        ),
    ),
    "en exports": (
        "Exports {0} in {1}, statistics office says",
        "The country's exports {0} by {2} percent in {1} from a year earlier, the statistics office said on Thursday."
        "\nImports were worth {3} million crowns, which leaves a surplus of {4} million. Economists had "
        "seen it coming."
        "\nThe figures are adjusted for working days and may be revised, the office added in its release.",
        (
            ("rise", "March", "4.1", "812", "96"),
            ("fall", "March", "4.1", "812", "96"),
            ("fall", "April", "2.7", "790", "41"),
            ("rise", "June", "0.4", "901", "12"),
        ),
    ),
    "de": (
        "{0} steigert Gewinn im {1} Quartal",
        "Der Maschinenbauer {0} hat seinen Gewinn im {1} Quartal auf {2} Millionen Euro gesteigert, wie "
        "er am Mittwoch"
        " mitteilte.\nDer Umsatz erreichte {3} Millionen Euro, Analysten hatten mit {4} Millionen "
        "gerechnet. Die Prognose für"
        " das Gesamtjahr bleibt bestehen.\nDie Aktie lag im frühen Handel leicht im Plus, bei ruhigem Geschäft.",
        (
            ("Hartwig", "ersten", "12", "240", "231"),
            ("Lohmeyer", "ersten", "31", "655", "640"),
            ("Hartwig", "zweiten", "17", "262", "270"),
            ("Brandis", "dritten", "8", "98", "105"),
        ),
    ),
    "ru": (
        "Приток в область составил {0} процента",
        "Экспорт области {1} на {0} процента в минувшем месяце и достиг {2} миллионов рублей, сообщила статистика."
        "\nНа предприятиях заняты {3} человек, в том числе {4} в лесной отрасли. Данные ещё будут уточняться."
        "\nВ ведомстве напомнили, что сведения приводятся с поправкой на сезон и число рабочих дней.",
        (
            ("3,2", "вырос", "418", "12 400", "310"),
            ("3,2", "снизился", "418", "12 400", "310"),
            ("1,1", "вырос", "655", "9 800", "422"),
            ("7,4", "снизился", "233", "15 100", "198"),
        ),
    ),
    "zh": (
        "理事会通过第{0}轮制裁",
        "理事会{1}通过针对该国的第{0}轮制裁，将{2}名个人和{3}家企业列入名单，并扩大对机械零件的禁运范围，措施于午夜生效。"
        "\n轮值主席国表示，第{0}轮制裁还涉及价值{4}亿欧元的贸易。各成员国须在两周之内报告已经冻结的账户情况，以便统一公布。",
        (
            ("十二", "星期二", "31", "12", "18"),
            ("十三", "星期二", "31", "12", "18"),
            ("十四", "星期五", "48", "7", "22"),
            ("四", "星期一", "19", "3", "5"),
        ),
    ),
    "ar": (
        "الصادرات {0} في الشهر الماضي",
        "{0} صادرات البلاد بنسبة {1} في المئة في الشهر الماضي مقارنة بالعام السابق وفق ما أعلن مكتب "
        "الإحصاء يوم الخميس."
        "\nوبلغت الواردات {2} مليون دينار مما يترك فائضا قدره {3} مليون. وكان الاقتصاديون يتوقعون ذلك."
        "\nوأضاف المكتب أن الأرقام معدلة وفق أيام العمل وقد تخضع للمراجعة لاحقا.",
        (
            ("ارتفعت", "4.1", "812", "96"),
            ("انخفضت", "4.1", "812", "96"),
            ("ارتفعت", "2.7", "790", "41"),
            ("تراجعت", "0.4", "901", "12"),
        ),
    ),
    "hi": (
        "मौसम विभाग का {0} के लिए पूर्वानुमान",
        "मौसम विभाग ने कहा कि {0} में अधिकतम तापमान {1} डिग्री और न्यूनतम तापमान {2} डिग्री रहेगा। "
        "दोपहर में {3} प्रतिशत बारिश की"
        " संभावना है।\nहवाओं की रफ्तार {4} किलोमीटर प्रति घंटे तक जा सकती है। यात्रियों से अतिरिक्त समय "
        "लेकर चलने को कहा गया है।",
        (
            ("पटना", "34", "22", "40", "18"),
            ("भोपाल", "31", "20", "65", "27"),
            ("जयपुर", "39", "26", "12", "33"),
            ("पुणे", "29", "19", "80", "21"),
        ),
    ),
}

CRUFT_ABOVE = "Listen to this article · 6 min\nImage\n3 hours ago 14\nFrom Twitter\nBy Staff Desk\n"
CRUFT_BELOW = (
    "\nRead Entire Article\nComments 27\nShare this: Click to share on Twitter (Opens in new window)\n"
    "Sign up for our newsletter to get the best of The Valley Lantern every morning.\n"
    "© 2026 The Valley Lantern. All rights reserved."
)
_SWAPS = {
    "en": (
        ("agreed", "decided"),
        ("held", "which took place"),
        ("said", "stated"),
        ("before the end of", "by the close of"),
    ),
    "de": (("vereinbart", "beschlossen"), ("dauerte", "währte"), ("sagte", "erklärte"), ("Frühere", "Vorherige")),
    "es": (("acordaron", "decidieron"), ("encuentro", "diálogo"), ("dijo", "afirmó"), ("fracasaron", "se rompieron")),
    "ru": (
        ("договорились", "условились"),
        ("продолжалась", "длилась"),
        ("сказал", "заявил"),
        ("Прежние", "Предыдущие"),
    ),
    "ar": (("اتفقوا", "توافقوا"), ("استمر", "دام"), ("قال", "صرح"), ("سابقة", "ماضية")),
    "hi": (("मुलाकात", "भेंट"), ("चली", "जारी रही"), ("कहा", "बताया"), ("पिछले", "पहले के")),
    "zh": (("同意", "商定"), ("持续了", "历时"), ("表示", "指出"), ("此前", "早前")),
    "ja": (("合意した", "一致した"), ("続いた", "及んだ"), ("述べ", "話し"), ("これまで", "以前")),
}
_DATELINES = {
    "en": "ANCHORAGE, Alaska (Meridian Press) — ",
    "de": "Anchorage (dpa) - ",
    "es": "Anchorage, 4 may (EFE).- ",
    "ru": "АНКОРИДЖ, 4 мая. /ТАСС/. ",
    "ar": "أنكوريج (رويترز) - ",
    "hi": "एंकोरेज, 4 मई (भाषा) ",
    "zh": "新华社安克雷奇5月4日电（记者王明）",
    "ja": "【アンカレジ共同】",
}


def document(number: int, title: str, text: str, *, minutes: float | None = 0.0, **fields: object) -> Document:
    """A document published so many minutes after noon."""
    at = None if minutes is None else NOON + timedelta(minutes=minutes)
    base = Document(id=ArticleId(number), key=f"k{number:05d}", title=title, text=text, published_at=at)
    return replace(base, **{"publisher": f"p{number}.example", "url": f"https://p{number}.example/a", **fields})


def journey(language: str, start: int) -> list[Document]:
    """A text and seven forms in which it travels; the first is the original."""
    title, paragraphs = TEXTS[language]
    text = "\n".join(paragraphs)
    light = text
    for old, new in _SWAPS[language]:
        light = light.replace(old, new)
    feed = paragraphs[0][: int(len(paragraphs[0]) * 0.9)].rsplit(" ", 1)[0] + "…"
    forms = (
        (title, text, 0.0),
        (title, text, 31.0),
        (f"{title} - The Valley Lantern", CRUFT_ABOVE + text + CRUFT_BELOW, 55.0),
        (title, "\n".join(paragraphs[:2]), 70.0),
        (title, _DATELINES[language] + text, 80.0),
        (title[: len(title) // 2], light, 95.0),
        (title, feed, 100.0),
        (title, "\n".join((*paragraphs[:2], paragraphs[3], paragraphs[2])), 130.0),
    )
    return [
        document(start + number, form_title, form, minutes=minutes, language=language)
        for number, (form_title, form, minutes) in enumerate(forms)
    ]


def issues(template: str, start: int) -> list[Document]:
    """Pieces made from one template, each a story of its own."""
    title, text, sets = TEMPLATES[template]
    return [
        document(start + number, title.format(*values), text.format(*values), minutes=60.0 * number)
        for number, values in enumerate(sets)
    ]
