"""english_names: what English calls its letters, marks, units, currencies and short forms."""

import re

LETTERS = {"A": "eh"}
"""Letters that a voice would take for a word, by something that sounds like their name."""
NAMED_LETTERS = {"ay": "A", "bee": "B", "cee": "C", "see": "C", "dee": "D", "ee": "E", "eff": "F", "gee": "G",
                 "aitch": "H", "eye": "I", "jay": "J", "kay": "K", "el": "L", "ell": "L", "em": "M", "en": "N",
                 "oh": "O", "pee": "P", "queue": "Q", "cue": "Q", "ar": "R", "are": "R", "ess": "S", "tee": "T",
                 "tea": "T", "you": "U", "vee": "V", "ex": "X", "wye": "Y", "why": "Y", "zee": "Z", "zed": "Z"}
_UNITS = """km/h=kilometer per hour,kilometers per hour; kph=kilometer per hour,kilometers per hour;
    m/s=meter per second,meters per second; mph=mile per hour,miles per hour; km=kilometer; cm=centimeter;
    mm=millimeter; nm=nanometer; µm=micrometer; μm=micrometer; m=meter; mi=mile; ft=foot,feet; yd=yard; kg=kilogram;
    mg=milligram; g=gram; lb=pound; lbs=pound; oz=ounce; ml=milliliter; mL=milliliter; l=liter; L=liter;
    GHz=gigahertz,gigahertz; MHz=megahertz,megahertz; kHz=kilohertz,kilohertz; Hz=hertz,hertz; dB=decibel;
    kB=kilobyte; KB=kilobyte; MB=megabyte; GB=gigabyte; TB=terabyte; MB/s=megabyte per second,megabytes per second;
    GB/s=gigabyte per second,gigabytes per second; Gbps=gigabit per second,gigabits per second;
    Mbps=megabit per second,megabits per second; kbps=kilobit per second,kilobits per second;
    fps=frame per second,frames per second; ms=millisecond; s=second; sec=second; secs=second; min=minute;
    mins=minute; h=hour; hr=hour; hrs=hour; W=watt; kW=kilowatt; kWh=kilowatt hour; MW=megawatt; V=volt;
    mAh=milliamp hour; °C=degree Celsius,degrees Celsius; ℃=degree Celsius,degrees Celsius;
    °F=degree Fahrenheit,degrees Fahrenheit; ℉=degree Fahrenheit,degrees Fahrenheit; °=degree; m²=square meter;
    km²=square kilometer; ft²=square foot,square feet; m³=cubic meter; cm³=cubic centimeter; px=pixel; cal=calorie;
    kcal=kilocalorie; rpm=revolution per minute,revolutions per minute; dpi=dot per inch,dots per inch"""


def _units() -> dict[str, tuple[str, str]]:
    found = {}
    for entry in _UNITS.split(";"):
        unit, _, names = entry.partition("=")
        single, _, many = names.partition(",")
        found[unit.strip()] = (single, many or f"{single}s")
    return found


UNITS = _units()
_DOLLAR, _EURO, _POUND = (("dollar", "dollars"), ("euro", "euros"), ("pound", "pounds"))
_CENTS, _PENCE = ("cent", "cents"), ("penny", "pence")
_YUAN, _FEN = ("yuan", "yuan"), ("fen", "fen")
CURRENCIES: dict[str, tuple[tuple[str, str], tuple[str, str] | None]] = {
    "$": (_DOLLAR, _CENTS), "US$": (("US dollar", "US dollars"), _CENTS),
    "USD": (("US dollar", "US dollars"), _CENTS), "€": (_EURO, _CENTS), "EUR": (_EURO, _CENTS), "£": (_POUND, _PENCE),
    "GBP": (_POUND, _PENCE), "¥": (("yen", "yen"), None), "￥": (_YUAN, None), "JPY": (("yen", "yen"), None),
    "CNY": (_YUAN, None), "RMB": (_YUAN, None), "₹": (("rupee", "rupees"), None), "INR": (("rupee", "rupees"), None),
    "₩": (("won", "won"), None), "KRW": (("won", "won"), None),
    "HK$": (("Hong Kong dollar", "Hong Kong dollars"), _CENTS),
    "A$": (("Australian dollar", "Australian dollars"), _CENTS),
    "C$": (("Canadian dollar", "Canadian dollars"), _CENTS), "CHF": (("Swiss franc", "Swiss francs"), None),
    "₽": (("rouble", "roubles"), None), "₿": (("bitcoin", "bitcoins"), None)}
SCALES = {"k": "thousand", "K": "thousand", "m": "million", "M": "million", "b": "billion", "B": "billion",
          "bn": "billion", "T": "trillion"}
MARKS = {".": "point", ",": "comma", "!": "exclamation mark", "?": "question mark", ":": "colon", ";": "semicolon",
         "-": "dash", "–": "dash", "—": "dash", "_": "underscore", "/": "slash", "\\": "backslash", "@": "at",
         "#": "hash", "$": "dollar sign", "%": "percent sign", "&": "ampersand", "*": "asterisk", "+": "plus",
         "=": "equals", "<": "less than", ">": "greater than", "(": "open parenthesis", ")": "close parenthesis",
         "[": "open bracket", "]": "close bracket", "{": "open brace", "}": "close brace", "\"": "quote",
         "“": "open quote", "”": "close quote", "'": "apostrophe", "’": "apostrophe", "~": "tilde", "^": "caret",
         "|": "vertical bar", "…": "ellipsis", "，": "comma", "。": "full stop", "！": "exclamation mark",
         "？": "question mark", "：": "colon", "；": "semicolon", "、": "enumeration comma", "€": "euro sign",
         "£": "pound sign", "¥": "yen sign"}
SYMBOLS = {"&": " and ", "@": " at ", "=": " equals ", "+": " plus ", "<": " less than ", ">": " greater than ",
           "%": " percent ", "°": " degrees ", "×": " times ", "÷": " divided by ", "±": " plus or minus ",
           "≈": " about ", "≠": " is not ", "≤": " at most ", "≥": " at least ", "√": " root ", "#": " hash ",
           "$": " dollars ", "€": " euros ", "£": " pounds ", "/": " slash ", "©": " copyright ", "®": " ", "™": " ",
           "→": ", ", "•": ", ", "π": " pi ", "Ω": " ohms ", "µ": " micro ", "μ": " micro ", "½": " one half ",
           "¼": " one quarter ", "¾": " three quarters ", "⅓": " one third ", "⅔": " two thirds ", "²": " squared ",
           "³": " cubed ", "∞": " infinity ", "§": " section ", "，": ", ", "。": ". ", "！": "! ", "？": "? ",
           "、": ", ", "；": ", ", "：": ", ", "（": ", ", "）": ", ", "‘": "'", "’": "'"}
SHORT = {"Mr.": "Mister", "Mr": "Mister", "Mrs.": "Missus", "Mrs": "Missus", "Ms.": "Miz", "Dr.": "Doctor",
         "Dr": "Doctor", "Prof.": "Professor", "St.": "Saint", "Gen.": "General", "Col.": "Colonel",
         "Capt.": "Captain", "Lt.": "Lieutenant", "Sgt.": "Sergeant", "Rev.": "Reverend", "Gov.": "Governor",
         "Sen.": "Senator", "Jr.": "Junior", "Sr.": "Senior", "Mt.": "Mount", "vs.": "versus", "vs": "versus",
         "etc.": "et cetera", "e.g.": "for example", "i.e.": "that is", "approx.": "approximately",
         "Inc.": "Incorporated", "Ltd.": "Limited", "Corp.": "Corporation", "Co.": "Company", "Ave.": "Avenue",
         "Blvd.": "Boulevard", "Rd.": "Road", "Dept.": "Department", "Fig.": "Figure", "fig.": "figure",
         "vol.": "volume", "Vol.": "Volume", "pp.": "pages", "cf.": "compare", "w/o": "without", "w/": "with",
         "a.m.": "A M", "p.m.": "P M", "AM": "A M", "PM": "P M", "U.S.": "U S", "U.K.": "U K", "U.N.": "U N",
         "E.U.": "E U", "and/or": "and or"}
ROAD_WORDS = {"St": "Street", "St.": "Street", "Ave": "Avenue", "Ave.": "Avenue", "Rd": "Road", "Rd.": "Road",
              "Dr": "Drive", "Dr.": "Drive", "Blvd": "Boulevard", "Ln": "Lane", "Ct": "Court", "Sq": "Square",
              "Apt": "Apartment", "Apt.": "Apartment", "Ste": "Suite", "Fl": "Floor", "N": "North", "S": "South",
              "E": "East", "W": "West", "Hwy": "Highway", "Pkwy": "Parkway", "Pl": "Place", "No.": "number",
              "P.O.": "P O"}
CAPITALS = re.compile(r"\b([A-Z]{2,})(s?)\b(?!['’][a-z]{2})")
WORDS_IN_CAPITALS = {
    "JPEG": "jay peg", "UNESCO": "Unesco", "UNICEF": "Unicef", "OPEC": "opec", "ASAP": "A S A P", "ASCII": "asky",
    "OBS": "O B S", "IKEA": "ikea", "OK": "okay", "SAAS": "sass", "WIFI": "wifi", "SQL": "S Q L", "CMOS": "sea moss",
    "ICANN": "eye can", "IEEE": "I triple E", "NAACP": "N double A C P", "AM": "A M", "NATO": "Nato", "NASA": "Nasa",
    "AIDS": "aids", "AND": "and", "OR": "or", "NOT": "not", "IN": "in", "IS": "is", "OF": "of", "ON": "on",
    "AT": "at", "ALL": "all", "AN": "an", "AS": "as", "IF": "if", "YES": "yes", "EVERY": "every", "OUT": "out",
    "OFF": "off", "OUR": "our", "ARE": "are", "ANY": "any", "ONE": "one", "END": "end", "STOP": "stop",
    "ONLY": "only", "USE": "use", "FREE": "free", "NEVER": "never", "ALWAYS": "always", "THE": "the", "THIS": "this",
    "WITH": "with", "VERY": "very", "YOU": "you", "YOUR": "your", "LIVE": "live", "START": "start",
    "BREAKING": "breaking", "NEWS": "news", "ALERT": "alert"}
_SPELLED = """TV PC CD CEO CFO CTO COO CIO LED VIP DIY GUI URL DOI BIOS PDA RGB MBA NBA NFL TIE HQ BMI DUI DOB MIT
    UCLA HIV HP ROI KOL CGI BBC TA RSI GE JIT SUV GIS POS SOE VAT REI VOD COD WEI CPA RIA ERA NGO SOS VR ID IT US UK
    EU UN AI UI UX UV IP IQ IO OS AR"""
SPELLED = frozenset(_SPELLED.split())
