"""Money as integers in a currency's smallest unit: strict parsing, and formatting. Pure."""

import re
from decimal import Decimal

from bot.sources.tabular.cells import NotReadable

# In Spanish, a point separates thousands and a comma decimals.
SPANISH_SIGNS = str.maketrans(",.", ".,")
_CODES = re.compile("[A-Z]{3}")
# ISO 4217: the active currencies, and those whose smallest unit is not a hundredth.
CURRENCIES = frozenset(
    _CODES.findall(
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
        CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
        GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
        LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB
        PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
        THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR
        ZMW ZWG
        """
    )
)
EXPONENTS = (
    dict.fromkeys(_CODES.findall("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"), 0)
    | dict.fromkeys(_CODES.findall("BHD IQD JOD KWD LYD OMR TND"), 3)
    | dict.fromkeys(_CODES.findall("CLF UYW"), 4)
)
# The largest amount of one line; the sum of a million such lines fits into 64 bits.
LARGEST_MINOR = 1_000_000_000_000
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_GROUP_OR_DECIMALS = re.compile(r"(\d{1,3}),(\d{3})")
_FORMS = {
    ".": re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?"),
    ",": re.compile(r"(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?"),
}


def read_currency(text: str) -> str:
    """Return the ISO 4217 code of a currency. Raises `NotReadable`."""
    code = text.strip().upper()
    if code not in CURRENCIES:
        raise NotReadable(f"`{_excerpt(text)}` is not a currency; write its three letters, such as EUR")
    return code


def read_amount(text: str, currency: str, decimal: str) -> int:
    """Return an amount in the currency's smallest unit; `decimal` is the decimal sign, or `""` if nothing shows it.

    Raises `NotReadable` unless the amount is above 0, has no more decimals than the currency and has one meaning:
    money is never rounded or guessed.
    """
    stripped_text = _SPACES.sub("", text).removeprefix(currency).removesuffix(currency)
    if not decimal:
        _check_not_ambiguous(stripped_text, text, currency)
        decimal = "."
    if stripped_text.startswith("-"):
        raise NotReadable(f"`{_excerpt(text)}` is negative")
    if not _FORMS[decimal].fullmatch(stripped_text):
        raise NotReadable(f"`{_excerpt(text)}` is no amount")
    plain_number = (
        stripped_text.replace(",", "") if decimal == "." else stripped_text.replace(".", "").replace(",", ".")
    )
    minor = Decimal(plain_number).scaleb(EXPONENTS.get(currency, 2))
    if minor != minor.to_integral_value():
        raise NotReadable(f"`{_excerpt(text)}` has more decimals than {currency}")
    if not 0 < minor <= LARGEST_MINOR:
        raise NotReadable(f"`{_excerpt(text)}` is nothing" if not minor else f"`{_excerpt(text)}` is too large")
    return int(minor)


def _check_not_ambiguous(stripped_text: str, text: str, currency: str) -> None:
    """Refuse `12,500` in a currency with three decimals: both 12.500 and 12500.000 are written like that."""
    match = _GROUP_OR_DECIMALS.fullmatch(stripped_text)
    exponent = EXPONENTS.get(currency, 2)
    if match and exponent >= 3:
        whole, decimals = match.groups()
        small, large = f"{whole}.{decimals}", f"{whole}{decimals}"
        raise NotReadable(
            f"`{_excerpt(text)}` is {small} or {large} {currency}; write `{small}` or `{large}.{'0' * exponent}`"
        )


def format_amount(minor: int, currency: str, language: str = "en") -> str:
    """`EUR 1,204.50`, in Spanish `EUR 1.204,50`, with as many decimals as the currency has."""
    amount_text = f"{major(minor, currency):,}"
    return f"{currency} {amount_text.translate(SPANISH_SIGNS) if language == 'es' else amount_text}"


def major(minor: int, currency: str) -> Decimal:
    """Return the exact amount in whole units."""
    return Decimal(minor).scaleb(-EXPONENTS.get(currency, 2))


def _excerpt(text: str) -> str:
    return text.strip().replace("`", "'")[:40]
