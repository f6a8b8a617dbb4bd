"""english: the closed classes of English and its commonest words, to guess what part of speech a word is."""

from functools import cache
from typing import Literal

Kind = Literal["function", "number", "noun", "adjective", "adverb", "verb"]


def words(text: str) -> frozenset[str]:
    """Return the words of a table."""
    return frozenset(text.split())


FUNCTION = words("""
a an the this that these those each every either neither some any no all both half such another other others
i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we us our ours
ourselves they them their theirs themselves one's who whom whose which what whatever whoever someone somebody anyone
anybody everyone everybody no-one nobody something anything everything nothing none
of in on at by for with about against between into through during before after above below to from up down out off
over under again further than as until while because since though although unless whether if and but or nor so yet
without within along across behind beyond near around among upon toward towards except despite per via like onto
inside outside beneath beside besides throughout
am is are was were be been being have has had having do does did doing will would shall should may might must can could
ought cannot gonna gotta wanna let's lets
i'm you're he's she's it's we're they're i've you've we've they've i'd you'd he'd she'd we'd they'd i'll you'll he'll
she'll it'll we'll they'll isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't won't wouldn't shan't
shouldn't mustn't can't couldn't mightn't needn't that's who's what's here's there's where's when's why's how's
there here where when why how not
oh uh um er ah hmm well yes yeah yep no nope okay ok hey hi hello wow please thanks
""")

DETERMINERS = words("""
a an the this that these those each every some any no another my your his her its our their whose which what
""")
DEFINITE = words("the this that these those my your his her its our their")
SUBJECTS = words("i you he she it we they who there")
MODALS = words("""
will would shall should may might must can could cannot to let's gonna gotta wanna don't doesn't didn't won't wouldn't
shouldn't can't couldn't i'll you'll he'll she'll it'll we'll they'll i'd you'd we'd they'd do does did please
""")

ADVERBS = words("""
very really quite rather too just only even still already ever never always often sometimes usually soon now then today
tonight tomorrow yesterday ago later early late once twice maybe perhaps also else instead almost nearly enough much
more most less least lot lots bit little far away back together apart ahead forward anyway however therefore thus
indeed actually basically honestly literally pretty super kind sort course especially exactly well better best worse
worst everywhere somewhere anywhere nowhere indoors outdoors overnight meanwhile otherwise first second third next last
half least
""")
NOT_ADVERBS = words("""
family supply reply assembly anomaly monopoly butterfly italy july belly jelly ally rally bully fly lily holy ugly
friendly lovely lonely daily weekly monthly yearly early only elderly deadly costly
""")

_ADJECTIVES = words("""
good bad great big small large long short high low old new young early late own same different same sure able right
wrong real true false free full empty easy hard difficult simple common strong weak hot cold warm cool wet dry clean
dirty dark light bright black white red green blue yellow brown grey gray pink purple orange fast slow quick quiet loud
deep shallow wide narrow thick thin heavy rich poor happy sad angry tired hungry busy ready safe dangerous nice fine
kind main major minor whole entire single double open shut close dead alive sick healthy fresh raw soft sharp flat
round tiny huge giant massive little few many several various recent current former previous present past future modern
ancient local public private certain clear likely unlikely possible impossible necessary important special particular
general usual normal strange weird funny serious crazy stupid smart clever beautiful pretty perfect ideal extra total
complete proper exact average worth aware afraid alone lucky glad sorry proud mad wild cheap expensive fair equal
favorite favourite top bottom upper lower inner outer left due mild cute sweet sour bitter salty spicy tall tight loose
rough smooth straight solid liquid brave calm cruel gentle greater larger smaller bigger higher lower older younger
longer shorter stronger weaker easier harder faster slower earlier cheaper biggest smallest largest longest highest
lowest oldest youngest easiest hardest fastest strongest other mostly less fewer next last first second third fourth
fifth final
""")
_ADJECTIVE_ENDS = ("able", "ible", "ful", "less", "ous", "ive", "ical", "ial", "ish", "ic", "ary", "ular", "ual",
                   "iest")
_NOUNS_LIKE_ADJECTIVES = words("""
music public topic traffic magic logic critic clinic fabric mechanic plastic arctic atlantic pacific table cable
vegetable variable dish fish finish trial material official hospital capital animal library salary dictionary
secretary primary summary boundary diary january february detective relative executive native archive olive drive
initiative objective perspective alternative narrative manual individual
""")

_VERBS = """
accept add admit agree allow announce answer appear apply argue arrive ask attack avoid bake base beat become beg begin
believe belong blame boil borrow bother break bring build burn buy call cancel care carry catch cause change charge
chase check choose chop claim clean climb close collect come compare complain consider contain continue control cook
cost count cover create cross cry cut dance deal decide deliver demand deny depend describe destroy develop die
disappear discover discuss divide draw dream dress drink drive drop earn eat enable encourage end enjoy enter escape
exist expect explain explore express face fail fall feed feel fight fill find finish fit fix fly focus follow force
forget form freeze fry gather get give go grab grow guess handle hang happen hate hear heat help hide hire hit hold
hope hurt identify ignore imagine improve include increase introduce invent invest invite involve join judge jump keep
kick kill knock know lack land last laugh launch lay lead learn leave lend let lie lift like listen live look lose love
make manage mark marry matter mean measure meet melt mention mind miss mix move need notice obtain occur offer open
operate order own pack paint park pass pay perform pick place plan play point pour prefer prepare press prevent produce
promise protect prove provide publish pull push put raise reach read realize realise receive recognize recommend record
reduce refer reflect refuse relate relax release remain remember remind remove repair repeat replace reply report
represent require rest return reveal ride ring rise roll ruin run rush save say score scroll search see seem select
sell send separate serve set settle shake share shine ship shoot shout show shut sing sink sit sleep slip smell smile
sound speak spend spread stand start state stay steal step stick stir stop strike struggle study succeed suffer suggest
suppose surprise survive suspect swim switch take talk taste teach tear tell tend test thank think throw tie touch
train travel treat trust try turn understand use visit vote wait wake walk want warn wash watch wear whisk win wish
wonder work worry write
"""
_IRREGULAR = words("""
became began begun broke broken brought built bought caught chose chosen came cost cut dealt drew drawn drank drunk
drove driven ate eaten fell fallen fed felt fought found flew flown forgot forgotten froze frozen got gotten gave given
went gone grew grown hung heard hid hidden hit held hurt kept knew known laid led left lent let lay lain lost made
meant met paid put read rode ridden rang rung rose risen ran said saw seen sold sent set shook shaken shone shot shown
shut sang sung sank sunk sat slept slid spoke spoken spent stood stole stolen stuck struck swam swum took taken taught
tore torn told thought threw thrown understood woke woken wore worn won wrote written used goes does tries cries dies
""")

MONTHS_AND_DAYS = words("""
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december
""")

_ONES = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS = {word: value for value, word in enumerate(_ONES.split())} | {
    word: 10 * tens for tens, word in enumerate(_TENS.split(), 2)} | {
    "dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 10**9, "trillion": 10**12}
UNITS = words("""
percent percentage cent cents dollar dollars euro euros pound pounds yen yuan won rupees kilo kilos kilogram kilograms
gram grams ton tons tonnes ounce ounces mile miles kilometer kilometers kilometre kilometres meter meters metre metres
foot feet inch inches centimeters centimetres millimeters millimetres yard yards acre acres hectares liter liters litre
litres gallon gallons degree degrees celsius fahrenheit second seconds minute minutes hour hours day days week weeks
month months year years decade decades century centuries night nights times people points votes volts watts kilowatts
megawatts gigabytes megabytes terabytes pixels hertz knots calories
""")
PER_UNITS = words("second minute hour day night week month year person head piece litre liter gallon kilo")


@cache
def verbs() -> frozenset[str]:
    """The commonest verbs in all their forms."""
    found = set(_IRREGULAR)
    for verb in _VERBS.split():
        stem = verb.removesuffix("e")
        found |= {verb, stem + "ed", stem + "ing", verb + "s"}
        if verb[-1] == "y" and verb[-2] not in "aeiou":
            found |= {verb[:-1] + "ied", verb[:-1] + "ies"}
        if verb.endswith(("s", "sh", "ch", "x")):
            found.add(verb + "es")
        if len(verb) >= 3 and verb[-1] in "bdgmnprt" and verb[-2] in "aeiou" and verb[-3] not in "aeiou":
            found |= {verb + verb[-1] + "ed", verb + verb[-1] + "ing"}
    return frozenset(found)


def kind_of(word: str, before: str, following: str) -> Kind:
    """Guess what `word` is between its neighbours ("" where a clause begins or ends); all in lower case."""
    if word in FUNCTION:
        return "function"
    if word in ADVERBS and not (before in DETERMINERS and not following):
        return "adverb"
    if word.endswith("ly") and word not in NOT_ADVERBS:
        return "adverb"
    nominal = before in DETERMINERS or before.endswith("'s")
    if word in verbs():
        return "noun" if nominal and not word.endswith("ed") else "verb"
    if (before in MODALS or before in SUBJECTS) and not nominal:
        return "verb"
    if word in _ADJECTIVES or (word.endswith(_ADJECTIVE_ENDS) and word not in _NOUNS_LIKE_ADJECTIVES):
        return "adjective" if following or not nominal else "noun"
    if word.endswith("ed") and len(word) > 4:
        return "adjective" if nominal else "verb"
    if word.endswith("ing") and len(word) > 5 and not nominal:
        return "verb"
    return "noun"
