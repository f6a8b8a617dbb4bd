"""_codes: what translation models call languages: NLLB's codes; OPUS-MT's are their first part, M2M100's BCP 47's."""

# BCP 47 primary tag: FLORES-200 code (NLLB Team, "No Language Left Behind", table of languages), the commoner script.
NLLB = {
    "af": "afr_Latn", "am": "amh_Ethi", "ar": "arb_Arab", "az": "azj_Latn", "be": "bel_Cyrl", "bg": "bul_Cyrl",
    "bn": "ben_Beng", "bs": "bos_Latn", "ca": "cat_Latn", "cs": "ces_Latn", "cy": "cym_Latn", "da": "dan_Latn",
    "de": "deu_Latn", "el": "ell_Grek", "en": "eng_Latn", "eo": "epo_Latn", "es": "spa_Latn", "et": "est_Latn",
    "eu": "eus_Latn", "fa": "pes_Arab", "fi": "fin_Latn", "fr": "fra_Latn", "ga": "gle_Latn", "gl": "glg_Latn",
    "gu": "guj_Gujr", "he": "heb_Hebr", "hi": "hin_Deva", "hr": "hrv_Latn", "hu": "hun_Latn", "hy": "hye_Armn",
    "id": "ind_Latn", "is": "isl_Latn", "it": "ita_Latn", "ja": "jpn_Jpan", "ka": "kat_Geor", "kk": "kaz_Cyrl",
    "km": "khm_Khmr", "kn": "kan_Knda", "ko": "kor_Hang", "lo": "lao_Laoo", "lt": "lit_Latn", "lv": "lvs_Latn",
    "mk": "mkd_Cyrl", "ml": "mal_Mlym", "mn": "khk_Cyrl", "mr": "mar_Deva", "ms": "zsm_Latn", "my": "mya_Mymr",
    "nb": "nob_Latn", "ne": "npi_Deva", "nl": "nld_Latn", "nn": "nno_Latn", "no": "nob_Latn", "pa": "pan_Guru",
    "pl": "pol_Latn", "ps": "pbt_Arab", "pt": "por_Latn", "ro": "ron_Latn", "ru": "rus_Cyrl", "si": "sin_Sinh",
    "sk": "slk_Latn", "sl": "slv_Latn", "so": "som_Latn", "sq": "als_Latn", "sr": "srp_Cyrl", "sv": "swe_Latn",
    "sw": "swh_Latn", "ta": "tam_Taml", "te": "tel_Telu", "th": "tha_Thai", "tl": "tgl_Latn", "tr": "tur_Latn",
    "uk": "ukr_Cyrl", "ur": "urd_Arab", "uz": "uzn_Latn", "vi": "vie_Latn", "yue": "yue_Hant", "zh": "zho_Hans",
    "zh-hant": "zho_Hant", "zh-tw": "zho_Hant", "zh-hk": "yue_Hant", "zu": "zul_Latn"}
_OPUS = {"zh": ("cmn_Hans", "cmn", "zho", "zh_cn"), "ar": ("ara",), "fa": ("fas",), "ms": ("zlm", "msa"),
         "lv": ("lav",), "sq": ("sqi",)}


def nllb(tag: str) -> str:
    """Return NLLB's code of a language tag, "" if there is none."""
    low = tag.lower()
    return NLLB.get(low) or NLLB.get(low.partition("-")[0], "")


def targets(tag: str) -> tuple[str, ...]:
    """Return the tokens with which models that have several target languages may be told `tag`, likely ones first."""
    primary, code = tag.lower().partition("-")[0], nllb(tag)
    opus = (*_OPUS.get(primary, ()), code.partition("_")[0], primary, tag, tag.replace("-", "_"))
    return (*filter(None, (code,)), f"__{primary}__", *(f">>{name}<<" for name in opus if name))
