"""Words that turn a sentence into another story when they change: numerals, ordinals, directions, opposites."""

from __future__ import annotations

_NUMERALS = (
    "zero cero zéro null ноль|one eins uno una один|two zwei deux dos due dois два две|three drei trois "
    "tres tre três три"
    "|four vier quatre cuatro quattro quatro четыре|five fünf cinq cinco cinque пять|six sechs seis sei шесть"
    "|seven sieben sept siete sette sete семь|eight acht huit ocho otto oito восемь|nine neun neuf nueve nove девять"
    "|ten zehn dix diez dieci dez десять|eleven elf onze once undici одиннадцать|twelve zwölf douze doce "
    "dodici двенадцать"
    "|thirteen dreizehn treize trece tredici тринадцать|fourteen vierzehn quatorze catorce|fifteen fünfzehn "
    "quinze quince"
    "|sixteen sechzehn seize dieciséis|seventeen siebzehn|eighteen achtzehn|nineteen neunzehn|twenty "
    "zwanzig vingt veinte двадцать"
)
_ORDINALS = (
    "first erste erster ersten erstes premier première primer primera primero prima primo первый первая "
    "первого первое первом الأول الأولى"
    "|second zweite zweiter zweiten zweites deuxième segundo segunda secondo seconda второй вторая второго "
    "второе الثاني الثانية"
    "|third dritte dritter dritten drittes troisième tercer tercera tercero terzo terza terceira третий "
    "третья третьего третье الثالث الثالثة"
    "|fourth vierte vierter vierten viertes quatrième cuarto cuarta quarto quarta четвёртый четвертый "
    "четвёртая четвертая четвёртого четвертого الرابع الرابعة"
    "|fifth fünfte fünfter fünften cinquième quinto quinta пятый пятая пятого пятое الخامس الخامسة"
    "|sixth sechste sechster sechsten sixième sexto sexta sesto sesta шестой шестая шестого шестое السادس السادسة"
    "|seventh siebte siebter siebten septième séptimo séptima settimo settima sétimo седьмой седьмая "
    "седьмого السابع السابعة"
    "|eighth achte achter achten huitième octavo octava ottavo ottava oitavo восьмой восьмая восьмого الثامن الثامنة"
    "|ninth neunte neunter neunten neuvième noveno novena nono девятый девятая девятого التاسع التاسعة"
    "|tenth zehnte zehnter zehnten dixième décimo décima decimo decima десятый десятая десятого العاشر العاشرة"
    "|eleventh elfte elfter elften onzième undécimo undicesimo одиннадцатый одиннадцатая одиннадцатого"
    "|twelfth zwölfte zwölfter zwölften douzième duodécimo dodicesimo двенадцатый двенадцатая двенадцатого"
    "|thirteenth dreizehnte dreizehnter dreizehnten treizième decimotercero tredicesimo тринадцатый "
    "тринадцатая тринадцатого"
    "|fourteenth vierzehnte vierzehnten quatorzième|fifteenth fünfzehnte fünfzehnten quinzième|sixteenth "
    "sechzehnte seizième"
    "|seventeenth siebzehnte|eighteenth achtzehnte|nineteenth neunzehnte|twentieth zwanzigste vingtième "
    "двадцатый двадцатого"
)
# Pairs of opposites, one axis a line: the words of one side, then those of the other.
_OPPOSITES = (
    (
        "rise rises rose risen rising up gain gains gained climb climbs climbed increase increases "
        "increased higher surge surges surged jump jumps"
        " jumped grow grows grew growth soar soars soared advance advances advanced steigt steigen stieg "
        "stiegen gestiegen anstieg zunahme wächst wuchs"
        " hausse augmente augmentent augmentation progressent progresse grimpe sube suben subió subieron "
        "aumenta aumentan aumento aumentó crece crecen"
        " sale salgono salito crescono cresce sobe sobem subiu cresceu растёт растет растут рост роста "
        "вырос выросла выросли выросло повысился повысились"
        " увеличился увеличились увеличение зросли зростання ارتفاع ارتفع ارتفعت ترتفع يرتفع زيادة زاد زادت "
        "बढ़ा बढ़ी बढ़े वृद्धि बढ़ोतरी उछाल तेजी"
        " yükseldi arttı artış wzrost wzrosły wzrósł naik meningkat",
        "fall falls fell fallen falling down drop drops dropped decline declines declined decrease "
        "decreases decreased lower slump slumps slumped slip"
        " slips slipped shrink shrinks shrank slide slides slid plunge plunges plunged sinkt sinken sank "
        "sanken gesunken rückgang fällt fallen fiel"
        " gefallen abnahme schrumpft baisse diminue diminuent diminution reculent recule chute baja bajan "
        "bajó bajaron cae caen cayó cayeron descenso"
        " descienden disminuye scende scendono calo cala calano cai caem caiu queda падает падают падение "
        "упал упала упали снизился снизилась снизились"
        " снижение сократился сократились сокращение знизились зниження انخفاض انخفض انخفضت تنخفض تراجع "
        "تراجعت هبوط गिरा गिरी गिरे गिरावट घटा घटी कमी"
        " düştü azaldı düşüş spadek spadły spadł turun menurun",
    ),
    (
        "win wins won beat beats defeats victory gewinnt gewinnen gewann sieg siegt gagne gagnent victoire "
        "gana ganan ganó victoria vince vincono vence"
        " venceu выиграл выиграла выиграли победа победил победила فاز فازت فوز जीता जीती जीत",
        "lose loses lost defeat verliert verlieren verlor niederlage perd perdent défaite pierde pierden "
        "perdió derrota perde perdono perdeu проиграл"
        " проиграла проиграли поражение خسر خسرت هزيمة हारा हारी हार",
    ),
    (
        "approve approves approved pass passes passed accept accepts accepted backs backed billigt billigte "
        "approuve aprueba aprobó approva одобрил"
        " одобрила одобрили принял приняла وافق وافقت मंजूरी",
        "reject rejects rejected reject oppose opposes opposed veto vetoes vetoed lehnt ablehnt rejette "
        "rechaza rechazó respinge rejeita отклонил"
        " отклонила отклонили отверг رفض رفضت खारिज",
    ),
    (
        "open opens opened opening reopens resume resumes resumed öffnet ouvre abre apre открыл открыла открылся",
        "close closes closed closing shut shuts suspend suspends suspended schließt ferme cierra chiude "
        "fecha закрыл закрыла закрылся",
    ),
    (
        "guilty convicted schuldig coupable culpable виновен",
        "acquitted cleared freigesprochen acquitté absuelto оправдан",
    ),
    ("buy buys bought acquires kauft achète compra покупает", "sell sells sold verkauft vend vende продаёт продает"),
    (
        "raise raises raised hike hikes hiked erhöht relève sube поднял повысил повысила",
        "cut cuts lowers lowered senkt abaisse recorta снизил снизила",
    ),
    ("before ahead preview vor avant antes до", "after following nach après después после"),
    ("profit gewinn bénéfice beneficio прибыль", "loss verlust perte pérdida убыток"),
)
_MONTHS = (
    "jan january januar janvier enero gennaio janeiro января январь"
    "|feb february februar février febrero febbraio fevereiro февраля февраль|mar march märz mars marzo "
    "março марта март"
    "|apr april avril abril aprile апреля апрель|may mai mayo maggio maio мая май|jun june juni juin junio "
    "giugno junho июня июнь"
    "|jul july juli juillet julio luglio julho июля июль|aug august août agosto августа август"
    "|sep sept september septembre septiembre settembre setembro сентября сентябрь"
    "|oct october oktober octobre octubre ottobre outubro октября октябрь"
    "|nov november novembre noviembre novembro ноября ноябрь|dec december dezember décembre diciembre "
    "dicembre dezembro декабря декабрь"
)
_WEEKDAYS = (
    "monday montag lundi lunes lunedì понедельник|tuesday dienstag mardi martes martedì вторник|wednesday "
    "mittwoch mercredi miércoles mercoledì среду"
    "|thursday donnerstag jeudi jueves giovedì четверг|friday freitag vendredi viernes venerdì пятницу"
    "|saturday samstag samedi sábado sabato субботу"
    "|sunday sonntag dimanche domingo domenica воскресенье"
)

_APPROXIMATORS = (
    "about around some roughly approximately circa etwa rund ungefähr zirka ca environ quelque près aproximadamente "
    "unos unas cerca alrededor ongeveer zowat rond około ok omkring cirka ungefär runt noin yaklaşık около примерно "
    "порядка близько приблизно περίπου حوالي نحو قرابة करीब लगभग"
)


def _numbered(table: str, start: int) -> dict[str, str]:
    """Each word of a table's rows with its row's number."""
    return {word: str(number) for number, row in enumerate(table.split("|"), start) for word in row.split()}


#: Cardinals up to twenty, and ordinals, as digits.
NUMERALS = {
    word: value
    for word, value in _numbered(_NUMERALS, 0).items()
    if word not in {"una", "uno", "one", "due", "once", "sei"}
}
ORDINALS = {word: value for word, value in _numbered(_ORDINALS, 1).items() if word not in {"second", "prima", "achten"}}
#: Months as m1..m12 and days of the week as d1..d7, whatever the language.
DATES = {
    word: f"m{value}" for word, value in _numbered(_MONTHS, 1).items() if word not in {"may", "mar", "mai", "mars"}
}
DATES |= {word: f"d{value}" for word, value in _numbered(_WEEKDAYS, 1).items()}
#: Words that house styles put for one another before a figure.
APPROXIMATORS = frozenset(_APPROXIMATORS.split())
#: Each direction word as (axis, side).
DIRECTIONS = {
    word: (axis, side)
    for axis, sides in reversed(list(enumerate(_OPPOSITES)))
    for side, row in enumerate(sides)
    for word in row.split()
}
#: Directions in scripts without spaces.
UNSPACED_DIRECTIONS = {
    **dict.fromkeys(("上升", "上涨", "上漲", "增长", "增長", "增加", "上昇", "攀升", "飙升"), (0, 0)),
    **dict.fromkeys(("下降", "下跌", "减少", "減少", "下滑", "低下", "下落", "回落", "暴跌"), (0, 1)),
    **dict.fromkeys(("増", "增"), (0, 0)),
    **dict.fromkeys(("減", "减"), (0, 1)),
    **dict.fromkeys(("获胜", "獲勝", "击败", "擊敗", "勝利", "战胜"), (1, 0)),
    **dict.fromkeys(("失利", "落败", "落敗", "敗北", "惜败"), (1, 1)),
    **dict.fromkeys(("批准", "通过", "承認", "可決"), (2, 0)),
    **dict.fromkeys(("否决", "拒绝", "否決", "拒否"), (2, 1)),
    **dict.fromkeys(("เพิ่มขึ้น", "สูงขึ้น"), (0, 0)),
    **dict.fromkeys(("ลดลง", "ร่วงลง"), (0, 1)),
}
#: How words begin that tell what befell people, as patterns: a count of them rises while news comes in.
VICTIM_STEMS = (
    r"\b(?:kill|dead\b|deaths?\b|die[ds]?\b|toll|injur|wound|hurt\b|missing|casualt|victim|bod(?:y|ies)\b|arrest|detain"
    r"|evacuat|rescue|infected|cases\b|hospitali[sz]|displaced|homeless)",
    r"\b(?:tot[en]?\b|todesopfer|verletzt|vermisst|opfer|leiche|festgenommen|getötet|gestorben|starben|evakuiert)",
    r"\b(?:morts?\b|mortes?\b|tués?\b|tuées?\b|blessé|décès|disparu|victime|interpell|évacué|décédé)",
    r"\b(?:muert|fallecid|herid|desaparecid|víctima|detenid|evacuad|mortos?\b|mortas?\b|ferid|vítima|detid)",
    r"\b(?:morti\b|morte\b|feriti|dispersi|vittime|arrestat|decedut|sfollat)",
    r"\b(?:погиб|убит|ранен|пострада|жертв|пропа(?:л|вш)|задержан|скончал|эвакуир|загину|вбит|поранен|постражда|зникл)",
    r"\b(?:zginę|zabit|rann|ofiar|zaginion|nie żyje|zatrzyman|ölü|öldü|yaralı|kayıp|gözaltı|döda|skadade|doden|gewond)",
    r"(?:قتل|قتيل|ضحايا|مصرع|جريح|جرحى|إصابة|أصيب|مصاب|مفقود|وفاة|وفيات|حالات|مريض|اعتقال|موقوف)",
    r"(?:मौत|मृत|मारे गए|घायल|लापता|गिरफ्तार|जख्मी)",
    r"(?:사망|부상|실종|숨졌|숨지)",
    r"\b(?:tewas|meninggal|luka|hilang|korban|chết|bị thương|mất tích)",
)
#: The same in scripts without spaces, where no word begins.
UNSPACED_VICTIMS = (
    r"(?:死亡|遇难|遇難|身亡|丧生|受伤|受傷|伤亡|傷亡|失踪|失蹤|死者|負傷|けが|行方不明|不明者|被捕|獲救|获救|重軽傷)",
    r"(?:เสียชีวิต|บาดเจ็บ|สูญหาย|ผู้ป่วย)",
)
_HAN_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}


def han_number(numeral: str) -> str:
    """Return a Chinese numeral below 10,000 in digits, as in 十二 → 12."""
    total, digit = 0, 0
    for character in numeral:
        unit = {"十": 10, "百": 100, "千": 1000}.get(character)
        if unit is None:
            digit = _HAN_DIGITS[character] if total or not digit else digit * 10 + _HAN_DIGITS[character]
        else:
            total, digit = total + (digit or 1) * unit, 0
    return str(total + digit)
