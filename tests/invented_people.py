"""Where do tests find lists of people who do not exist, with names of several languages and the errors of real offices?

Names are put together from common parts and from syllables; nobody is meant. Each list holds a share of one invented
population, its names misspelt, reordered, shortened or transliterated, its dates with swapped or wrong parts.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["InventedList", "invent_lists", "invent_population", "misspell"]

GIVEN = {
    "es": [
        "maria",
        "jose",
        "luis",
        "ana",
        "carmen",
        "juan",
        "carlos",
        "rosa",
        "miguel",
        "elena",
        "pedro",
        "lucia",
        "jorge",
        "marta",
        "rafael",
        "isabel",
        "diego",
        "paula",
        "sergio",
        "laura",
        "andres",
        "claudia",
        "fernando",
        "silvia",
        "manuel",
        "beatriz",
        "ricardo",
        "patricia",
        "alberto",
        "gloria",
        "oscar",
        "veronica",
        "hector",
        "monica",
        "victor",
        "adriana",
        "eduardo",
        "sandra",
        "javier",
        "raquel",
        "gabriela",
        "ivan",
        "natalia",
        "ramon",
        "julia",
        "angel",
        "teresa",
        "pablo",
        "daniela",
        "francisco",
        "guadalupe",
        "yolanda",
        "ximena",
        "rocio",
        "emilio",
    ],
    "fr": [
        "jean",
        "marie",
        "pierre",
        "sophie",
        "michel",
        "nathalie",
        "andre",
        "isabelle",
        "philippe",
        "sylvie",
        "alain",
        "catherine",
        "bernard",
        "francoise",
        "jacques",
        "monique",
        "nicolas",
        "martine",
        "francois",
        "celine",
        "laurent",
        "valerie",
        "eric",
        "sandrine",
        "olivier",
        "veronique",
        "pascal",
        "helene",
        "frederic",
        "chantal",
        "guillaume",
        "aurelie",
        "julien",
        "camille",
        "thierry",
        "brigitte",
        "christophe",
        "dominique",
        "gerard",
        "anne",
        "mathieu",
        "elodie",
        "antoine",
        "florence",
        "sebastien",
    ],
    "en": [
        "john",
        "mary",
        "james",
        "patricia",
        "robert",
        "jennifer",
        "michael",
        "linda",
        "william",
        "elizabeth",
        "david",
        "barbara",
        "richard",
        "susan",
        "joseph",
        "jessica",
        "thomas",
        "sarah",
        "charles",
        "karen",
        "daniel",
        "nancy",
        "matthew",
        "lisa",
        "anthony",
        "betty",
        "mark",
        "margaret",
        "donald",
        "sandra",
        "steven",
        "ashley",
        "paul",
        "kimberly",
        "andrew",
        "emily",
        "joshua",
        "donna",
        "kenneth",
        "michelle",
        "kevin",
        "carol",
        "brian",
        "amanda",
    ],
    "pt": [
        "joao",
        "maria",
        "antonio",
        "ana",
        "paulo",
        "francisca",
        "carlos",
        "adriana",
        "marcos",
        "juliana",
        "lucas",
        "marcia",
        "gabriel",
        "fernanda",
        "rafael",
        "patricia",
        "daniel",
        "aline",
        "marcelo",
        "sandra",
        "bruno",
        "camila",
        "eduardo",
        "amanda",
        "felipe",
        "bruna",
        "rodrigo",
        "jessica",
        "tiago",
        "leticia",
    ],
    "ar": [
        "mohamed",
        "fatima",
        "ahmed",
        "khadija",
        "youssef",
        "aisha",
        "ali",
        "mariam",
        "omar",
        "zineb",
        "hassan",
        "amina",
        "ibrahim",
        "nadia",
        "mustafa",
        "salma",
        "khalid",
        "hanane",
        "rachid",
        "samira",
        "karim",
        "leila",
        "said",
        "naima",
        "abdelkader",
        "souad",
        "hamid",
        "latifa",
        "jamal",
        "malika",
    ],
}
SURNAME = {
    "es": [
        "garcia",
        "rodriguez",
        "gonzalez",
        "fernandez",
        "lopez",
        "martinez",
        "sanchez",
        "perez",
        "gomez",
        "martin",
        "jimenez",
        "ruiz",
        "hernandez",
        "diaz",
        "moreno",
        "alvarez",
        "munoz",
        "romero",
        "alonso",
        "gutierrez",
        "navarro",
        "torres",
        "dominguez",
        "vazquez",
        "ramos",
        "gil",
        "ramirez",
        "serrano",
        "blanco",
        "molina",
        "morales",
        "suarez",
        "ortega",
        "delgado",
        "castro",
        "ortiz",
        "rubio",
        "marin",
        "sanz",
        "nunez",
        "iglesias",
        "medina",
        "garrido",
        "cortes",
        "castillo",
        "santos",
        "lozano",
        "guerrero",
        "cano",
        "prieto",
        "mendez",
        "cruz",
        "calvo",
        "gallego",
        "vidal",
        "leon",
        "marquez",
        "herrera",
        "pena",
        "flores",
        "cabrera",
        "campos",
        "vega",
        "fuentes",
        "carrasco",
        "diez",
        "caballero",
        "reyes",
        "nieto",
        "aguilar",
        "pascual",
        "santana",
        "herrero",
        "lorenzo",
        "montero",
        "hidalgo",
        "gimenez",
        "ibanez",
        "ferrer",
        "duran",
    ],
    "fr": [
        "martin",
        "bernard",
        "dubois",
        "thomas",
        "robert",
        "richard",
        "petit",
        "durand",
        "leroy",
        "moreau",
        "simon",
        "laurent",
        "lefebvre",
        "michel",
        "garcia",
        "david",
        "bertrand",
        "roux",
        "vincent",
        "fournier",
        "morel",
        "girard",
        "andre",
        "lefevre",
        "mercier",
        "dupont",
        "lambert",
        "bonnet",
        "francois",
        "martinez",
        "legrand",
        "garnier",
        "faure",
        "rousseau",
        "blanc",
        "guerin",
        "muller",
        "henry",
        "roussel",
        "nicolas",
        "perrin",
        "morin",
        "mathieu",
        "clement",
        "gauthier",
        "dumont",
        "lopez",
        "fontaine",
        "chevalier",
        "robin",
        "masson",
        "sanchez",
        "gerard",
        "nguyen",
        "boyer",
        "denis",
        "lemaire",
        "duval",
        "joly",
        "gautier",
        "roger",
        "roche",
        "roy",
        "noel",
        "meyer",
        "lucas",
    ],
    "en": [
        "smith",
        "johnson",
        "williams",
        "brown",
        "jones",
        "miller",
        "davis",
        "wilson",
        "anderson",
        "taylor",
        "thomas",
        "moore",
        "jackson",
        "martin",
        "lee",
        "thompson",
        "white",
        "harris",
        "clark",
        "lewis",
        "robinson",
        "walker",
        "young",
        "allen",
        "king",
        "wright",
        "scott",
        "hill",
        "green",
        "adams",
        "baker",
        "nelson",
        "hall",
        "campbell",
        "mitchell",
        "carter",
        "roberts",
        "phillips",
        "evans",
        "turner",
        "parker",
        "collins",
        "edwards",
        "stewart",
        "morris",
        "murphy",
        "cook",
        "rogers",
        "morgan",
        "cooper",
        "peterson",
        "reed",
        "bailey",
        "bell",
        "kelly",
        "howard",
        "ward",
        "cox",
        "richardson",
        "wood",
        "watson",
        "brooks",
        "bennett",
        "gray",
        "hughes",
        "price",
        "myers",
        "long",
        "foster",
        "sanders",
        "ross",
    ],
    "pt": [
        "silva",
        "santos",
        "oliveira",
        "souza",
        "rodrigues",
        "ferreira",
        "alves",
        "pereira",
        "lima",
        "gomes",
        "costa",
        "ribeiro",
        "martins",
        "carvalho",
        "almeida",
        "lopes",
        "soares",
        "fernandes",
        "vieira",
        "barbosa",
        "rocha",
        "dias",
        "nascimento",
        "andrade",
        "moreira",
        "nunes",
        "marques",
        "machado",
        "mendes",
        "freitas",
        "cardoso",
        "ramos",
        "goncalves",
        "santana",
        "teixeira",
    ],
    "ar": [
        "alaoui",
        "benali",
        "bennani",
        "elidrissi",
        "amrani",
        "tazi",
        "berrada",
        "chraibi",
        "fassi",
        "haddad",
        "mansouri",
        "khalil",
        "nasser",
        "salem",
        "saleh",
        "hamdan",
        "haddadi",
        "zouari",
        "trabelsi",
        "jaziri",
        "ayari",
        "mabrouk",
        "cherif",
        "belhadj",
        "bouazizi",
        "saidi",
        "ziani",
        "kabbaj",
        "lahlou",
        "sebti",
    ],
}
PARTICLES = {
    "es": ("de la ", "del ", "de "),
    "fr": ("de ", "le "),
    "en": (),
    "pt": ("da ", "dos ", "de "),
    "ar": ("el ", "ben ", "al "),
}
ENDINGS = {
    "es": ["ez", "os", "ana", "ero", "illa", "ado"],
    "fr": ["eau", "ier", "ard", "ot", "elle", "in"],
    "en": ["son", "ton", "ley", "well", "man", "er"],
    "pt": ["eira", "inho", "ado", "ares", "oes", "ela"],
    "ar": ["aoui", "ani", "ouni", "i", "ar", "im"],
}
SYLLABLES = [
    "ba",
    "be",
    "bo",
    "ca",
    "co",
    "cha",
    "da",
    "de",
    "do",
    "fa",
    "fe",
    "ga",
    "gue",
    "la",
    "le",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "po",
    "qui",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "so",
    "ta",
    "te",
    "to",
    "va",
    "ve",
    "vi",
    "zu",
    "bra",
    "cro",
    "gra",
    "pla",
    "tri",
]


@dataclass(frozen=True)
class InventedList:
    """One list: columns as an office would write them, and the true person of each record."""

    record_ids: list[str]
    given: list[str | None]
    surname: list[str | None]
    born: list[str | None]
    person: np.ndarray


def _zipf(count: int, rng: np.random.Generator, size: int) -> np.ndarray:
    weights = 1 / (np.arange(count) + 4.0)
    return rng.choice(count, size=size, p=weights / weights.sum())


def invent_population(
    count: int, *, languages: tuple[str, ...], rng: np.random.Generator
) -> list[tuple[str, str, str, str]]:
    """(language, given, surname, ISO birth date) of each person; one in sixty shares surname and date with a twin."""
    people: list[tuple[str, str, str, str]] = []
    made = {language: _invented_surnames(language, rng) for language in languages}
    which = rng.integers(0, len(languages), count)
    years = np.clip(rng.normal(1992, 10, count).round().astype(int), 1945, 2012)
    for place in range(count):
        language = languages[which[place]]
        given = GIVEN[language][_zipf(len(GIVEN[language]), rng, 1)[0]]
        if rng.random() < 0.25:
            second = GIVEN[language][_zipf(len(GIVEN[language]), rng, 1)[0]]
            given = f"{given} {second}" if second != given else given
        surname = _surname(language, made[language], rng)
        born = f"{years[place]}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"
        if people and rng.random() < 1 / 60 and people[-1][1].split()[0].lower() != given.split()[0]:
            language, _, surname, born = people[-1]
        people.append((language, given.title(), surname.title(), born))
    return people


def _invented_surnames(language: str, rng: np.random.Generator) -> list[str]:
    own = ["".join(rng.choice(SYLLABLES, rng.integers(1, 4))) + str(rng.choice(ENDINGS[language])) for _ in range(900)]
    return SURNAME[language] + own


def _surname(language: str, pool: list[str], rng: np.random.Generator) -> str:
    def one() -> str:
        particle = str(rng.choice(PARTICLES[language])) if PARTICLES[language] and rng.random() < 0.06 else ""
        return particle + pool[_zipf(len(pool), rng, 1)[0]]

    doubled = {"es": 0.9, "pt": 0.5}.get(language, 0.04)
    return f"{one()} {one()}" if rng.random() < doubled else one()


def misspell(word: str, rng: np.random.Generator) -> str:
    """One letter changed, lost, doubled or swapped with its neighbour."""
    if len(word) < 3:
        return word
    place = int(rng.integers(1, len(word)))
    kind = rng.integers(0, 4)
    letter = "abcdefghijklmnopqrstuvwxyz"[rng.integers(0, 26)]
    if kind == 0:
        return word[:place] + letter + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + letter + word[place:]
    return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]


def _disturb_name(text: str, errors: float, rng: np.random.Generator) -> str:
    words = text.split()
    words = [misspell(word, rng) if rng.random() < errors else word for word in words]
    if len(words) > 1 and rng.random() < errors:
        words = words[:-1] if rng.random() < 0.6 else words[::-1]
    return " ".join(words)


def _disturb_date(born: str, errors: float, rng: np.random.Generator) -> str | None:
    if rng.random() >= errors:
        return born
    year, month, day = (int(part) for part in born.split("-"))
    kind = rng.integers(0, 6)
    if kind == 0 and day <= 12:
        month, day = day, month
    elif kind == 1:
        day = int(rng.integers(1, 29))
    elif kind == 2:
        month = int(rng.integers(1, 13))
    elif kind == 3:
        year += int(rng.choice([-1, 1, 10, -10]))
    elif kind == 4:
        return f"{year}"
    else:
        return None
    return f"{year}-{month:02}-{day:02}"


def invent_lists(
    population: list[tuple[str, str, str, str]], members: list[np.ndarray], *, errors: float, rng: np.random.Generator
) -> list[InventedList]:
    """One list for each set of members, each with its own errors; `errors` is the share of words and dates disturbed."""
    lists = []
    for number, chosen in enumerate(members):
        order = rng.permutation(chosen)
        given: list[str | None] = []
        surname: list[str | None] = []
        born: list[str | None] = []
        for person in order:
            _, first, last, date = population[person]
            first, last = _disturb_name(first, errors, rng), _disturb_name(last, errors, rng)
            if rng.random() < errors / 3:
                first, last = last, first
            given.append(first if rng.random() > 0.01 else None)
            surname.append(last if rng.random() > 0.005 else None)
            born.append(_disturb_date(date, errors * 1.5, rng))
        ids = [f"{number}-{place}" for place in range(order.size)]
        lists.append(InventedList(ids, given, surname, born, order))
    return lists
