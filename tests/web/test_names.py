"""Names that are none: what mail programs would make a link of. And names that only look like it."""

import pytest

from clusterweek.web.names import holds_link

HONEST_PEOPLE = [
    "Ada Lovelace", "Dr.-Ing. M.Sc. Anna Müller", "Prof. Dr. rer. nat. habil. Max Weiß", "Prof.Dr.Müller", "Dr.Kim",
    "Dr.Ly", "Dipl.Ing. Eva Stein", "Dipl.-Ing.(FH) Jo Link", "J.R.R. Tolkien", "J.R.R.Tolkien", "Karl-Heinz v.d.Berg",
    "Anna St.James", "Mag.a rer.nat. Eva Huber", "O'Connor-Smith, Ph.D.", "Dr.med.dent. Uwe Site", "M. de Vries",
    "A.de Vries", "María José Carreño Quiñones", "李小龍", "Ada Lovelace (m/w/d)", "Müller/Schmidt", "Christine Web",
    "Ludwig XIV.", "Max Mustermann jr.", "Dr.h.c. Ina Shop", "van.de Velde", "Ana, Ben & Co", "Tim :-)", "24/7 Tim",
    "Peter.Schmidt", "Eva Online", "Ada, sven@example.org", "Wwwilhelm", "Ida 3.0",
]  # fmt: skip
HONEST_ORGANISATIONS = [
    *HONEST_PEOPLE,
    "Müller & Co. KG", "Müller & Co.KG", "Co.KG/Werk 2", "GmbH&Co.KG", "3D-Netz e.V.", "OptoNet e. V.", "e.V./gGmbH",
    "booking.com GmbH", "CHECK24.de", "wer-liefert-was.de", "Amazon.com, Inc.", "T-Systems MMS", "Design@Work GmbH",
    "FZ Jülich / IEK-5", "Bosch Rexroth AG, DC-IA/EHV2", "Land Berlin, SenWEB III/2", "AT&S",
    "Abt.Forschung/Entwicklung",
    "Haus.Garten/Küche", "St.Gallen/Zürich", "Industrie 4.0/KI", "Inc./Ltd.", "Kunst//Werk e.V.", "it.saarland e.V.",
    "Fraunhofer-Institut für Werkstoff- und Strahltechnik IWS", "Version 1.2.3.4", "Ref. 511: Cluster", "TU-Dresden.",
    "Big Data: Lösungen", "Mit www dabei", "Ges.m.b.H.", "Netz: Licht; Werk", "co.met GmbH", "Industrie.NRW",
]  # fmt: skip
LINKS = [
    "http://evil.example", "HTTPS://evil.example/x", "Ada http://evil.example", "ftp://evil.example", "evil://x",
    "http : // evil.example", "http:\\\\evil.example", "https:evil.example",
    "hxxp://evil.example", "javascript:alert(1)",
    "mailto:ada@evil.example", "www.evil.example", "WWW.EVIL.EXAMPLE", "Ada www.evil.example/x", "www . evil.example",
    "www2.evil.example", "ｗｗｗ．evil．example", "http：／／evil.example", "http:⁄⁄evil.example", "www。evil。example",
    "evil.example/x", "EVIL.EXAMPLE/X", "Gewinn: bit.ly/3xYz", "t.co/x",
    "evil.example?x=1", "evil.example#x", "evil.example:8080",
    "dr.evil.example/x", "192.0.2.7/x", "192.0.2.7:80",
    "xn--mnchen-3ya.de/x", "münchen.de/x", "Evil.Com/x", "evil.example./x", "(evil.example/x)",
    "sub.sub.evil.example/x",
]  # fmt: skip
LINKS_IN_PEOPLE = [
    "evil.com", "Ada evil.com", "EVIL.DE", "Gewinnspiel-24.info", "dr.evil.com", "evil.co.uk", "Ada (evil.shop)",
    "evil。com", "ｅｖｉｌ．ｃｏｍ", "münchen.de", "Ada, evil.com!", "a-b.c-d.online",
]  # fmt: skip


@pytest.mark.parametrize("name", HONEST_PEOPLE)
def test_a_persons_name_is_taken_as_people_write_it(name: str) -> None:
    assert not holds_link(name, is_person=True)


@pytest.mark.parametrize("name", HONEST_ORGANISATIONS)
def test_an_organisation_may_be_called_like_a_domain(name: str) -> None:
    assert not holds_link(name, is_person=False)


@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("is_person", [True, False])
def test_an_address_of_the_web_is_nobodys_name(name: str, is_person: bool) -> None:
    assert holds_link(name, is_person=is_person)


@pytest.mark.parametrize("name", LINKS_IN_PEOPLE)
def test_no_person_is_called_like_a_domain(name: str) -> None:
    assert holds_link(name, is_person=True)
