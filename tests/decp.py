"""Des fichiers DECP pour les tests : ceux de tests/clauses/donnees/decp, et des marchés justes ou abîmés."""

import json
from pathlib import Path

from hypothesis import strategies as st

DONNEES = Path(__file__).parent / "clauses" / "donnees" / "decp"
ACHETEUR = "99900101900010"


def marche(**champs) -> dict:
    """Un marché juste, dans la forme imbriquée ; `champs` le change."""
    juste = {
        "id": "2026-T1",
        "acheteur": {"id": ACHETEUR},
        "objet": "Travaux",
        "codeCPV": "45000000",
        "ccag": "Travaux",
        "procedure": "Procédure adaptée",
        "lieuExecution": {"code": "69009", "typeCode": "Code postal"},
        "dureeMois": 12,
        "dateNotification": "2026-01-05",
        "montant": 100000,
        "considerationsSociales": {"considerationSociale": ["Clause sociale"]},
        "titulaires": [{"titulaire": {"id": "99910101700013", "typeIdentifiant": "SIRET"}}],
        "typeGroupementOperateurs": "Pas de groupement",
    }
    return juste | champs


def octets(nom: str) -> bytes:
    return (DONNEES / nom).read_bytes()


def contenu(nom: str = "imbrique.json") -> dict:
    return json.loads(octets(nom).decode("utf-8-sig"))


# N'importe quoi, puis un marché dont quelques champs sont n'importe quoi.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda enfants: st.lists(enfants, max_size=4) | st.dictionaries(st.text(max_size=12), enfants, max_size=4),
    max_leaves=12,
)
CLES = st.sampled_from(
    [
        *marche(),
        "_type",
        "actesSousTraitance",
        "autoriteConcedante",
        "concessionnaires",
        "dateDebutExecution",
        "dateSignature",
        "idAccordCadre",
        "modifications",
        "modificationsActesSousTraitance",
        "techniques",
        "valeurGlobale",
    ]
)
ABIME = st.dictionaries(CLES, JSON, max_size=6).map(lambda champs: marche(**champs))
