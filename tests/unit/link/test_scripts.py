"""Do two lists meet when one writes Arabic or Cyrillic letters, swaps the order of names, or keeps one surname of two?"""

import numpy as np
import pytest

from cauce.link import encoding
from cauce.recipes.join_lists import join_lists

ARABIC_GIVEN = {
    "محمد": "Mohamed", "فاطمة": "Fatima", "أحمد": "Ahmed", "خديجة": "Khadija", "يوسف": "Youssef", "عائشة": "Aisha",
    "علي": "Ali", "مريم": "Mariam", "عمر": "Omar", "زينب": "Zineb", "حسن": "Hassan", "أمينة": "Amina",
    "إبراهيم": "Ibrahim", "نادية": "Nadia", "مصطفى": "Mustafa", "سلمى": "Salma", "خالد": "Khalid", "سميرة": "Samira",
    "كريم": "Karim", "ليلى": "Leila", "سعيد": "Said", "جميلة": "Jamila", "رشيد": "Rachid", "لطيفة": "Latifa",
}  # fmt: skip
ARABIC_SURNAME = {
    "العلوي": "El Alaoui", "بن علي": "Ben Ali", "بناني": "Bennani", "الإدريسي": "El Idrissi", "التازي": "Tazi",
    "حداد": "Haddad", "المنصوري": "Mansouri", "خليل": "Khalil", "ناصر": "Nasser", "سالم": "Salem", "صالح": "Saleh",
    "حمدان": "Hamdan", "الطرابلسي": "Trabelsi", "الشريف": "Cherif", "زياني": "Ziani", "برادة": "Berrada",
    "قباج": "Kabbaj", "لحلو": "Lahlou", "السبتي": "Sebti", "العمراني": "Amrani", "الفاسي": "Fassi", "جابر": "Jaber",
}  # fmt: skip
CYRILLIC_GIVEN = {
    "Иван": "Ivan", "Мария": "Maria", "Сергей": "Sergei", "Анна": "Anna", "Дмитрий": "Dmitri", "Елена": "Elena",
    "Алексей": "Aleksei", "Ольга": "Olga", "Николай": "Nikolai", "Татьяна": "Tatiana", "Михаил": "Mikhail",
    "Наталья": "Natalia", "Владимир": "Vladimir", "Ирина": "Irina", "Андрей": "Andrei", "Светлана": "Svetlana",
    "Юрий": "Yuri", "Екатерина": "Ekaterina", "Павел": "Pavel", "Людмила": "Lyudmila", "Оксана": "Oksana",
}  # fmt: skip
CYRILLIC_SURNAME = {
    "Иванов": "Ivanov", "Петров": "Petrov", "Сидоров": "Sidorov", "Кузнецов": "Kuznetsov", "Попов": "Popov",
    "Васильев": "Vasiliev", "Соколов": "Sokolov", "Михайлов": "Mikhailov", "Фёдоров": "Fedorov", "Морозов": "Morozov",
    "Волков": "Volkov", "Шевченко": "Shevchenko", "Коваленко": "Kovalenko", "Бондаренко": "Bondarenko",
    "Ткаченко": "Tkachenko", "Жуков": "Zhukov", "Щербаков": "Shcherbakov", "Чернов": "Chernov", "Яковлев": "Yakovlev",
}  # fmt: skip
SPANISH = (
    [
        "Maria",
        "Jose",
        "Luis",
        "Ana",
        "Carmen",
        "Juan",
        "Rosa",
        "Miguel",
        "Elena",
        "Pedro",
        "Lucia",
        "Jorge",
        "Marta",
        "Rafael",
        "Isabel",
        "Diego",
        "Paula",
        "Sergio",
    ],
    [
        "Garcia",
        "Rodriguez",
        "Lopez",
        "Perez",
        "Gomez",
        "Martin",
        "Jimenez",
        "Ruiz",
        "Diaz",
        "Moreno",
        "Romero",
        "Torres",
        "Ramos",
        "Molina",
        "Vega",
        "Cano",
    ],
)
SIZE = 2_000


def invent(rng):
    """Rows of (given, surname, born) as each of two lists writes the same person."""
    rows = []
    for _ in range(SIZE):
        born = f"{rng.integers(1970, 2008)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"
        kind = rng.integers(0, 3)
        if kind == 0:
            first, last = rng.choice(SPANISH[0]), " ".join(rng.choice(SPANISH[1], 2, replace=False))
            other = last.split()[0] if rng.random() < 0.3 else last
            pair = (first, last), ((other, first) if rng.random() < 0.2 else (first, other))
        else:
            given, surname = ((ARABIC_GIVEN, ARABIC_SURNAME), (CYRILLIC_GIVEN, CYRILLIC_SURNAME))[kind - 1]
            first, last = rng.choice(list(given)), rng.choice(list(surname))
            pair = (first, last), (given[first], surname[last])
        wrong = f"{born[:4]}-{rng.integers(1, 13):02}-{born[8:]}" if rng.random() < 0.05 else born
        rows.append(((*pair[0], born), (*pair[1], wrong)))
    return rows


def encode(rows, code):
    people = encoding.describe_people(*([row[field] for row in rows] for field in range(3)))
    ids = [str(place) for place in range(len(rows))]
    key = bytes(range(32))
    return encoding.encode_people(people, ids, list_code=code, key=key, rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def linked():
    rows = invent(np.random.default_rng(12))
    half = SIZE // 2
    left = encode([row[0] for row in rows[: half + half // 2]], "a")
    right = encode([row[1] for row in rows[half // 2 :]], "b")
    return left, right, join_lists([left, right], rng=np.random.default_rng(2))


def test_lists_in_other_scripts_and_orders_meet_nine_times_in_ten(linked):
    left, right, joined = linked
    chances = joined.chances_together()

    ids = [(int(left.persons[place]), place) for place in range(len(left.record_ids))]
    row_left = dict(ids)
    row_right = {int(right.persons[place]) + joined.starts[1]: place for place in range(len(right.record_ids))}
    hits = [row_left[first] == row_right[second] + SIZE // 4 for first, second in chances]

    assert sum(hits) / SIZE * 2 >= 0.9
    assert sum(hits) / len(hits) >= 0.99
