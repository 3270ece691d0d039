"""La boucle mensuelle, en tables : jour dû, état, courriels dus, lien, verrou. Valeurs calculées à la main."""

from datetime import date

import pytest

from clauses.regles.declarations import (
    LIBELLES_ETAT,
    MOIS_VERROUILLE,
    REFUS_DE_LIEN,
    Etape,
    EtatDeclaration,
    FaitsDeclaration,
    Pas,
    Role,
    controler_reouverture,
    controler_verrou,
    echeance_du_mois,
    etat_declaration,
    expiration_du_lien,
    jour_du_marche,
    pas_dus,
    refus_du_lien,
    role_a_joindre,
)
from clauses.regles.documents import DocumentDu, ParametresDocuments, Rythme

NOVEMBRE, DU = date(2026, 11, 1), date(2026, 12, 10)


def test_le_jour_du_marche_est_celui_de_son_premier_document_mensuel():
    assert jour_du_marche(ParametresDocuments()) == 10
    assert jour_du_marche(ParametresDocuments((DocumentDu("Bilan", Rythme.TRIMESTRE, jour_du_mois=15),))) == 10
    documents = (
        DocumentDu("Contrat", Rythme.DEMANDE, delai_jours=15),
        DocumentDu("Heures", Rythme.MOIS, jour_du_mois=5),
        DocumentDu("Factures", Rythme.MOIS, jour_du_mois=20),
    )
    assert jour_du_marche(ParametresDocuments(documents)) == 5


@pytest.mark.parametrize(
    ("mois", "jour", "ouverte_le", "due"),
    [
        (NOVEMBRE, 10, date(2026, 12, 1), date(2026, 12, 10)),
        (NOVEMBRE, 5, date(2026, 12, 1), date(2026, 12, 8)),  # jamais moins de sept jours
        (NOVEMBRE, 10, date(2026, 12, 3), date(2026, 12, 10)),
        (NOVEMBRE, 10, date(2026, 12, 4), date(2026, 12, 11)),
        (NOVEMBRE, 10, date(2026, 12, 20), date(2026, 12, 27)),
        (date(2026, 12, 1), 28, date(2027, 1, 1), date(2027, 1, 28)),
        (date(2027, 1, 31), 10, date(2027, 2, 1), date(2027, 2, 10)),
    ],
)
def test_le_jour_du(mois, jour, ouverte_le, due):
    assert echeance_du_mois(mois, jour, ouverte_le) == due


E = EtatDeclaration


@pytest.mark.parametrize(
    ("faits", "jour", "etat"),
    [
        ({}, DU, E.A_FAIRE),
        ({"personnes": 2}, DU, E.A_FAIRE),
        ({"personnes": 2, "declarees": 1}, DU, E.INCOMPLETE),
        ({"personnes": 2, "declarees": 2, "en_attente": 2}, DU, E.INCOMPLETE),  # pas confirmée
        ({}, date(2026, 12, 11), E.EN_RETARD),
        ({"personnes": 2, "declarees": 2, "en_attente": 2}, date(2026, 12, 11), E.EN_RETARD),
        ({"est_recue": True}, date(2027, 3, 1), E.RECUE),  # néant
        ({"est_recue": True, "personnes": 1, "declarees": 1, "en_attente": 1}, DU, E.RECUE),
        ({"est_recue": True, "personnes": 2, "declarees": 2, "en_attente": 1, "validees": 1}, DU, E.RECUE),
        ({"est_recue": True, "personnes": 2, "declarees": 2, "validees": 2}, DU, E.VALIDEE),
        ({"est_recue": True, "personnes": 3, "declarees": 2, "validees": 2}, DU, E.INCOMPLETE),
        ({"est_recue": True, "personnes": 2, "declarees": 2, "refusees": 1, "validees": 1}, DU, E.A_CORRIGER),
        ({"est_recue": True, "personnes": 3, "declarees": 2, "refusees": 1}, DU, E.A_CORRIGER),
        ({"est_recue": True, "est_a_reprendre": True, "validees": 2}, DU, E.A_CORRIGER),
        ({"est_recue": True, "est_verrouillee": True, "refusees": 1}, DU, E.VERROUILLEE),
    ],
)
def test_l_etat(faits, jour, etat):
    assert etat_declaration(FaitsDeclaration(echeance=DU, **faits), jour) == etat


def test_chaque_etat_a_son_mot():
    assert [LIBELLES_ETAT[etat] for etat in EtatDeclaration] == [
        "À faire", "Incomplète", "En retard", "Reçue", "À corriger", "Validée", "Verrouillée",
    ]  # fmt: skip


OUVERTURE = Pas(Etape.OUVERTURE, 0, Role.PREMIER)
DIRECTION = Pas(Etape.DIRECTION, 0, Role.DIRECTION)
FACILITATEUR = Pas(Etape.FACILITATEUR, 0, Role.FACILITATEUR)
COURRIER = Pas(Etape.COURRIER, 0, Role.FACILITATEUR)


def relance(numero: int, *, second: bool = True) -> tuple[Pas, ...]:
    premier = Pas(Etape.RELANCE, numero, Role.PREMIER)
    return (premier, Pas(Etape.RELANCE, numero, Role.SECOND)) if second else (premier,)


@pytest.mark.parametrize(
    ("jour", "attendus"),
    [
        (date(2026, 12, 1), (OUVERTURE,)),
        (date(2026, 12, 23), (OUVERTURE,)),  # J+13
        (date(2026, 12, 24), relance(1, second=False)),  # J+14
        (date(2026, 12, 30), relance(1, second=False)),
        (date(2026, 12, 31), relance(2)),  # J+21
        (date(2027, 1, 6), relance(2)),
        (date(2027, 1, 7), (*relance(3), DIRECTION, FACILITATEUR)),  # J+28
        (date(2027, 1, 14), (*relance(4), DIRECTION, FACILITATEUR)),
        (date(2027, 1, 20), (*relance(4), DIRECTION, FACILITATEUR)),  # J+41
        (date(2027, 1, 21), (*relance(5), DIRECTION, FACILITATEUR, COURRIER)),  # J+42
        (date(2027, 3, 4), (*relance(11), DIRECTION, FACILITATEUR, COURRIER)),  # J+84, la dernière
        (date(2027, 6, 1), (*relance(11), DIRECTION, FACILITATEUR, COURRIER)),
    ],
)
def test_les_courriels_dus(jour, attendus):
    assert pas_dus(DU, jour) == attendus


@pytest.mark.parametrize(
    ("role", "joignables", "rendu"),
    [
        (Role.PREMIER, {Role.PREMIER, Role.SECOND}, Role.PREMIER),
        (Role.PREMIER, {Role.SECOND}, Role.SECOND),
        (Role.PREMIER, {Role.DIRECTION}, None),
        (Role.SECOND, {Role.PREMIER}, None),
        (Role.DIRECTION, {Role.SECOND}, None),
        (Role.DIRECTION, {Role.DIRECTION}, Role.DIRECTION),
    ],
)
def test_le_second_contact_remplace_le_premier(role, joignables, rendu):
    assert role_a_joindre(role, joignables) == rendu


def test_le_lien():
    """Trente jours, le dernier compris ; révoqué l'emporte sur expiré."""
    assert expiration_du_lien(date(2026, 12, 1)) == date(2026, 12, 31)
    vaut = {"expire_le": date(2026, 12, 31), "est_revoque": False}
    assert refus_du_lien(**vaut, aujourd_hui=date(2026, 12, 31)) is None
    assert refus_du_lien(**vaut, aujourd_hui=date(2027, 1, 1)) == REFUS_DE_LIEN["lien_expire"]
    revoque = vaut | {"est_revoque": True}
    assert refus_du_lien(**revoque, aujourd_hui=date(2027, 1, 1)) == REFUS_DE_LIEN["lien_revoque"]
    assert refus_du_lien(**revoque, aujourd_hui=date(2026, 12, 1)) == REFUS_DE_LIEN["lien_revoque"]


def test_chaque_refus_de_lien_est_une_phrase():
    assert {code: refus.phrase for code, refus in REFUS_DE_LIEN.items()} == {
        "lien_inconnu": "Ce lien n’est pas complet, ou a été modifié. Recopiez-le en entier depuis le courriel. Demandez-en un nouveau "
        "au facilitateur de la clause.",
        "lien_revoque": "Ce lien a été retiré par la structure qui suit la clause. Demandez-en un nouveau au facilitateur de la clause.",
        "lien_expire": "Ce lien n’est plus valable\u00a0: il a expiré. Demandez-en un nouveau au facilitateur de la clause.",
        "lien_utilise": "Ce lien a déjà servi\u00a0: le mois est déclaré. Pour le corriger, demandez un nouveau lien au facilitateur de "
        "la clause.",
        "lien_etranger": "Ce lien est celui d’une autre entreprise que la vôtre. Déconnectez-vous pour l’ouvrir, s’il vous est bien "
        "destiné.",
        "lien_ferme": "Cette page s’ouvre depuis le lien reçu par courriel. Ouvrez-le de nouveau pour continuer.",
    }
    assert all(refus.code == code for code, refus in REFUS_DE_LIEN.items())
    assert MOIS_VERROUILLE.code == "mois_verrouille"
    assert MOIS_VERROUILLE.phrase == (
        "Ce mois est verrouillé\u00a0: ses heures ne changent plus. Le facilitateur de la clause peut le rouvrir, en disant pourquoi."
    )


PRETE = {"est_recue": True, "est_verrouillee": False, "en_attente": 0, "refusees": 0}


@pytest.mark.parametrize(
    ("change", "code", "phrase"),
    [
        ({"est_verrouillee": True}, "deja_verrouille", "Ce mois est déjà verrouillé."),
        ({"est_recue": False}, "pas_recue", "Ce mois n’est pas encore reçu\u00a0: il ne se verrouille pas."),
        (
            {"en_attente": 1},
            "heures_en_attente",
            "Des heures de ce mois attendent une décision ou une correction\u00a0: validez-les d’abord.",
        ),
        (
            {"refusees": 1},
            "heures_en_attente",
            "Des heures de ce mois attendent une décision ou une correction\u00a0: validez-les d’abord.",
        ),
    ],
)
def test_verrouiller(change, code, phrase):
    assert controler_verrou(**PRETE) is None
    refus = controler_verrou(**PRETE | change)
    assert (refus.code, refus.phrase) == (code, phrase)


def test_rouvrir_demande_un_motif():
    assert controler_reouverture(est_verrouillee=True, motif="Bulletin corrigé") is None
    refus = controler_reouverture(est_verrouillee=True, motif="  ")
    assert (refus.code, refus.phrase) == (
        "motif_absent",
        "Écrivez pourquoi ce mois est rouvert\u00a0: la raison est gardée.",
    )
    refus = controler_reouverture(est_verrouillee=False, motif="Bulletin corrigé")
    assert (refus.code, refus.phrase) == ("pas_verrouille", "Ce mois n’est pas verrouillé\u00a0: rien à rouvrir.")
