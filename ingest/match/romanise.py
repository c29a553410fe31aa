"""Words of any script in plain Latin letters, and how a name sounds: what two spellings of a name have in common."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CYRILLIC = (
    "а a б b в v г g д d е e ё e ж zh з z и i й i к k л l м m н n о o п p р r с s т t у u ф f х h ц ts ч ch ш sh щ sch"
    " ъ _ ы y ь _ э e ю yu я ya і i ї i є e ґ g ў u ј j љ l њ n ћ c ђ dj џ dz ѓ g ќ k ѕ z ә a ғ g қ k ң n ө o ұ u ү u"
)
_GREEK = "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ i φ f χ h ψ ps ω o"
_GREEK_PAIRS: tuple[tuple[str, str], ...] = (
    ("ου", "ω"),
    ("μπ", "b"),
    ("γκ", "γ"),
    ("γγ", "νγ"),
    ("αυ", "αβ"),
    ("ευ", "εβ"),
    ("ει", "ι"),
)
_GREEK_PAIRS += (("οι", "ι"), ("αι", "ε"))
_ARABIC = (
    "ا a أ a إ a آ a ب b ت t ث th ج j ح h خ kh د d ذ d ر r ز z س s ش sh ص s ض d ط t ظ z ع a غ g ف f ق k ك k ل l م m"
    " ن n ه h و u ي i ة h ى a ء _ ئ i ؤ u پ p چ ch ژ zh گ g ک k ی i ڤ v"
)
_DEVANAGARI = (
    "क k ख kh ग g घ gh ङ n च ch छ ch ज j झ j ञ n ट t ठ t ड d ढ d ण n त t थ th द d ध d न n प p फ f ब b भ b म m य y"
    " र r ल l व v श sh ष sh स s ह h अ a आ a इ i ई i उ u ऊ u ऋ ri ए e ऐ ai ओ o औ au ऑ o ऍ e ा a ि i ी i ु u ू u ृ ri"
    " े e ै ai ो o ौ au ॉ o ॅ e ं n ँ n ः _ ् _ ़ _"
)
_LATIN = "ß ss æ e œ e ø o đ d ð d þ th ł l ı i ŋ n ħ h ə a ʼ _ ’ _"
_KANA_ROWS = (
    "a アイウエオ|ka カキクケコ|sa サシスセソ|ta タチツテト|na ナニヌネノ|ha ハヒフヘホ|ma マミムメモ|ra ラリルレロ"
    "|ga ガギグゲゴ|za ザジズゼゾ|da ダヂヅデド|ba バビブベボ|pa パピプペポ"
)
_KANA = (
    "ヤ ya ユ yu ヨ yo ワ wa ヲ o ン n ヴ v ャ a ュ u ョ o ァ a ィ i ゥ u ェ e ォ o ッ _ ー _"
    " チ chi シ shi ジ ji ツ tsu フ fu"
)
#: The characters that Chinese writes foreign names with, by their sound.
_HAN = (
    "a阿 ai埃艾爱 an安 ang昂 ao奥澳 ba巴 bai白拜 ban班 bang邦 bao鲍保 bei贝 ben本 bi比彼毕 bian边 bin宾彬 bo波博伯勃"
    " bu布 ka卡 kai凯 kan坎 kang康 kao考 ke科克柯 ken肯 kong孔 ku库 kua夸 kui奎 kun昆 la拉 lai莱赖 lan兰朗 lang郎 lao劳"
    " lei雷蕾 li里利莉 lian连 lie列 lin林琳 ling灵 liu留柳 long隆 lu卢鲁露 lun伦 luo罗洛萝 lv吕 ma马玛 mai迈麦 man曼"
    " mao毛 mei梅美 men门 meng蒙孟 mi米密 mian缅 ming明 mo莫摩默 mu姆穆木 na纳娜 nai奈 nan南楠 nao瑙 nei内 neng能"
    " ni尼妮 nian念 ning宁 niu纽 nong农 nu努 nuo诺 ou欧 pa帕 pai派 pan潘 pang庞 pei佩 peng彭 pi皮 ping平 po珀坡 pu普"
    " qi奇齐契 qia恰 qiao乔 qin钦 qing青 qiong琼 qiu丘 re热 ri日 rong荣 ru茹儒 rui瑞 ruo若 sa萨莎 sai塞赛 san桑 sen森"
    " sha沙 shan山珊 shang尚 shao绍 she舍 shen申 sheng圣 shi施史什士 shu舒 shui水 si斯丝思 song松宋 su苏 sui隋 suo索"
    " ta塔 tai泰 tan坦 tang汤唐 tao陶 te特 teng滕 ti蒂提 tian田 ting廷 tong通 tu图 tun吞 tuo托 wa瓦 wan万 wang旺"
    " wei维威韦魏 wen温文 weng翁 wo沃 wu乌伍武 xi西希锡喜 xia夏 xian显 xiang香 xiao肖 xie谢 xin辛欣 xing兴 xiong雄"
    " xiu休 xu许 xue雪 xun逊 ya亚娅 yan扬 ye耶叶 yi伊 yin因 ying英 you尤 yu于 yue约 yun云 za扎 ze泽 zeng曾 zha查 zhan詹"
    " zhe哲 zhen珍 zhi芝 zhong仲 zhu朱 zi兹 zong宗 zu祖 zuo佐 ca察 ce策 chu楚 da达 dai代戴 dan丹 dang当 dao道 de德"
    " deng登 di迪 dian典 ding丁 dong东 du杜 duan段 dun顿敦 duo多 e厄 en恩 r尔 fa法 fan凡范 fei费菲 fen芬 feng冯 fo佛"
    " fu弗福夫富 ga加嘎 gai盖 gan甘 gang冈 gao高 ge格戈葛 gen根 geng耿 gong贡 gu古 gua瓜 guan关 gui圭 guo果 ha哈 hai海"
    " han汉 hang杭 hao豪 he赫 hei黑 heng亨 hong洪 hu胡 hua华 huai怀 huan欢 hui惠 huo霍 ji吉基季 jia佳贾 jian简 jiang江"
    " jiao焦 jie杰 jin金津 jing京 jiu久 ju居 juan娟 jun君"
)
_INITIALS = ("k", "kk", "n", "t", "tt", "r", "m", "p", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
_VOWELS: tuple[str, ...] = ("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae")
_VOWELS += ("oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i")
_FINALS: tuple[str, ...] = ("", *"kkknnntlkmlllplmpptt", "ng", *"ttktpt")
_HANGUL, _HANGUL_LAST = 0xAC00, 0xD7A3
#: Letters that sound much alike, after Soundex (Russell 1918), with l and r as one, as Japanese and Korean have it.
_CLASSES = {
    letter: str(number) for number, row in enumerate(("bfpvw", "cgjkqsxz", "dt", "lr", "mn"), 1) for letter in row
}
_DIGRAPHS = (("sch", "s"), ("ph", "f"), ("th", "t"), ("kh", "h"), ("gh", "g"), ("ck", "k"))
_MIN_SOUNDED = 4  # a shorter name sounds like too many others
_SOUNDS_KEPT = 4  # endings that a language puts to a name stand behind them


def _letters() -> dict[int, str]:
    """Each letter of the tables with its Latin letters."""
    found: dict[str, str] = {}
    for row in _KANA_ROWS.split("|"):
        syllable, kana = row.split()
        found |= {letter: syllable[:-1] + vowel for letter, vowel in zip(kana, "aiueo", strict=True)}
    for table in (_CYRILLIC, _GREEK, _ARABIC, _DEVANAGARI, _LATIN, _KANA):
        parts = table.split()
        found |= {letter: sound.strip("_") for letter, sound in zip(parts[::2], parts[1::2], strict=True)}
    return {ord(letter): sound for letter, sound in found.items()}


def _han_letters() -> dict[int, str]:
    """Each character of the table of foreign names with its sound."""
    found: dict[int, str] = {}
    for row in _HAN.split():
        sound = re.match("[a-z]+", row).group()  # type: ignore[union-attr]  # each row opens with its sound
        found |= {ord(character): sound for character in row[len(sound) :]}
    return found


_LETTERS = _letters()
_HAN_LETTERS = _han_letters()
_SEMIVOWEL = re.compile("^[ويی]|[ويی](?=[او])")  # there they are consonants
_INITIAL_U = re.compile("^у(?=[аеиоэ])")  # Уолтер is Walter
#: The characters that Chinese writes foreign names with, as the inside of a character class.
FOREIGN_HAN = "".join(map(chr, sorted(_HAN_LETTERS)))


@lru_cache(maxsize=1 << 15)
def latin(word: str) -> str:
    """Return a word in plain Latin letters and digits, case folded, without accents; Han and Thai stay as they are.

    Cyrillic, Greek, Arabic, Devanagari, katakana and Hangul letters are put one for one from small tables of ours, so
    that the same name comes out much the same from each; vowels that a script does not write are missing.
    """
    folded = word.casefold()
    if folded.isascii():
        return folded
    if any("\u0370" <= letter <= "\u03ff" for letter in folded):
        folded = _stripped(folded)
        for pair, sounds in _GREEK_PAIRS:
            folded = folded.replace(pair, sounds)
    folded = _INITIAL_U.sub("w", folded)
    if any("\u0600" <= letter <= "\u06ff" for letter in folded):
        folded = _SEMIVOWEL.sub(lambda found: "w" if found.group() == "و" else "y", folded)
    if any("\uac00" <= letter <= "\ud7a3" for letter in folded):
        folded = "".join(map(_syllable, folded))
    # The table goes first: accents make letters of their own in Cyrillic and Devanagari.
    return _stripped(unicodedata.normalize("NFC", folded).translate(_LETTERS)).translate(_LETTERS)


def latin_han(name: str) -> str:
    """Return a foreign name in Chinese characters as it sounds, 科尔沃 as "kerwo"."""
    return name.translate(_HAN_LETTERS)


@lru_cache(maxsize=1 << 15)
def sound(form: str) -> str:
    """Return the first four sound classes of a romanised name, "" where it has too few letters to go by.

    Vowels count at the beginning only and h never, as in Soundex (Russell 1918, US patent 1,261,167).
    """
    if len(form) < _MIN_SOUNDED or not form.isascii():
        return ""
    form = _plainer(form)
    found, last = [], ""
    for place, letter in enumerate(form):
        code = _CLASSES.get(letter, "")
        if code and code != last:
            found.append(code)
        elif not code and place == 0:
            found.append("a")
        last = code if letter != "h" else last
    return "".join(found[:_SOUNDS_KEPT])


@lru_cache(maxsize=1 << 15)
def skeleton(form: str) -> str:
    """Return the sound classes of a romanised name's consonants: all that scripts without vowels keep of it."""
    found: list[str] = []
    for letter in _plainer(form):
        code = _CLASSES.get(letter, "")
        if code and not (found and found[-1] == code):
            found.append(code)
    return "".join(found)


def distance(a: str, b: str, most: int) -> int:
    """Return how many letters must be changed, put in or taken out to make one word the other; `most` + 1 if more.

    Source: Levenshtein 1966, "Binary codes capable of correcting deletions, insertions, and reversals".
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before = list(range(len(b) + 1))
    for row, letter in enumerate(a, 1):
        now = [row]
        for column, other in enumerate(b, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != other)))
        if min(now) > most:
            return most + 1
        before = now
    return min(before[-1], most + 1)


def _plainer(form: str) -> str:
    """A form in which letters written as two are one."""
    for letters, letter in _DIGRAPHS:
        form = form.replace(letters, letter)
    return form


def _stripped(word: str) -> str:
    """A word without the accents that its letters carry."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))


def _syllable(letter: str) -> str:
    """A syllable of Hangul by its three parts (Unicode, chapter 3.12); any other letter as it is."""
    code = ord(letter)
    if not _HANGUL <= code <= _HANGUL_LAST:
        return letter
    initial, rest = divmod(code - _HANGUL, 588)
    vowel, final = divmod(rest, 28)
    return _INITIALS[initial] + _VOWELS[vowel] + _FINALS[final]
