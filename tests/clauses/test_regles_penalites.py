"""Les pénalités : chaque variante, leurs limites, et jamais un mot qui la dise due."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.regles.contradiction import Contradiction
from clauses.regles.penalites import (
    SMIC_HORAIRE_BRUT,
    FaitsPenalite,
    ParametresPenalites,
    ecrire_regle_penalites,
    montant_decide,
    proposer_penalite,
    smic_horaire,
)
from comptes.regles import Refus


def proposer(parametres, dues=833, validees=612, **options):
    return proposer_penalite(
        parametres=ParametresPenalites(**parametres), heures_dues=D(dues), heures_validees=D(validees), **options
    )


def clair(texte):
    return texte.replace("\u00a0", " ")


def test_exemple_9():
    """833 h dues, 650 déclarées dont 38 refusées, 60 € l'heure : 221 h et 13 260 € proposés."""
    penalite = proposer({"euros_par_heure": D(60)}, validees=650 - 38)
    assert (penalite.heures_manquantes, penalite.montant_euros) == (D(221), D(13_260))
    assert clair(penalite.phrase) == "Pénalité proposée : 13 260 € (221 h non faites × 60 €). Seul l’acheteur décide."
    assert "due" not in penalite.phrase


@pytest.mark.parametrize(
    ("validees", "plafond", "montant", "plafonnee"),
    [
        ("833", None, "0", False),
        ("900", None, "0", False),
        ("832.5", None, "30", False),
        ("612", "13260", "13260", False),
        ("612", "13259.99", "13259.99", True),
        ("612", "0", "0", True),
    ],
)
def test_aux_bouts(validees, plafond, montant, plafonnee):
    """Rien quand c'est fait ; le plafond exact ne coupe rien, un centime de moins coupe un centime."""
    penalite = proposer(
        {"euros_par_heure": D(60), "plafond_euros": None if plafond is None else D(plafond)}, validees=validees
    )
    assert (penalite.montant_euros, penalite.est_plafonnee) == (D(montant), plafonnee)


def test_multiple_du_smic_de_l_annee():
    """221 h × 2 × 12,02 € (2026) = 5 312,84 € ; 11,88 € en 2025 donnent 5 250,96 €."""
    regle = {"smic_coefficient": D(2)}
    assert proposer(regle, annee=2026).montant_euros == D("5312.84")
    assert proposer(regle, annee=2025).montant_euros == D("5250.96")
    assert "221 h non faites × 2 × 12,02 € de SMIC horaire brut" in clair(proposer(regle, annee=2026).phrase)


def test_le_smic_du_marche_l_emporte():
    """221 h × 2 × 12,50 € = 5 525 €, quelle que soit l'année."""
    regle = {"smic_coefficient": D(2), "smic_horaire_euros": D("12.50")}
    assert proposer(regle, annee=2026).montant_euros == proposer(regle).montant_euros == D(5525)
    assert smic_horaire(2026, D("12.50")) == D("12.50")


@pytest.mark.parametrize("annee", [max(SMIC_HORAIRE_BRUT) + 1, min(SMIC_HORAIRE_BRUT) - 1, None])
def test_un_smic_inconnu_se_dit_et_ne_se_devine_pas(annee):
    """Une année hors de la table : à compléter, et aucun montant."""
    penalite = proposer({"smic_coefficient": D(2)}, annee=annee)
    assert smic_horaire(annee) is None
    assert (penalite.montant_euros, len(penalite.a_completer)) == (D(0), 1)
    assert "À compléter" in penalite.phrase
    assert "SMIC" in penalite.phrase
    assert "ne peut pas encore être calculée" in penalite.phrase


def test_part_du_montant_du_marche():
    """1 % de 1 000 000 € = 10 000 € dès qu'une heure manque ; sans montant : à compléter ; rien si tout est fait."""
    regle = {"pourcent_montant": D(1)}
    assert proposer(regle, validees="832.99", montant_marche_euros=D(1_000_000)).montant_euros == D(10_000)
    assert proposer(regle, validees=833, montant_marche_euros=D(1_000_000)).montant_euros == 0
    assert proposer(regle).a_completer == ("montant HT du marché",)


def test_plusieurs_penalites_s_ajoutent_et_le_plafond_le_plus_bas_l_emporte():
    """13 260 € d'heures, 12 jours × 100 €, 2 documents × 250 € : 14 960 € ; plafonds 14 000 € et 1,2 % de 1 000 000 € : 12 000 €."""
    faits = FaitsPenalite(jours_de_retard=12, documents_manquants=2)
    regle = {"euros_par_heure": D(60), "euros_par_jour_retard": D(100), "euros_par_document": D(250)}
    somme = proposer(regle, faits=faits)
    assert somme.montant_euros == D(14_960)
    assert [ligne.montant_euros for ligne in somme.lignes] == [D(13_260), D(1200), D(500)]
    assert (
        "(221 h non faites × 60 € = 13 260 € ; 12 jours de retard × 100 € = 1 200 € ; 2 documents manquants × 250 € = 500 €)"
        in clair(somme.phrase)
    )
    limites = regle | {"plafond_euros": D(14_000), "plafond_pourcent": D("1.2")}
    plafonnee = proposer(limites, faits=faits, montant_marche_euros=D(1_000_000))
    assert (plafonnee.montant_euros, plafonnee.est_plafonnee) == (D(12_000), True)
    assert "plafonnée par le marché" in plafonnee.phrase


def test_documents_sans_heures_manquantes():
    """Tout est fait, mais un document manque : seule sa somme est proposée."""
    penalite = proposer({"euros_par_document": D(250)}, validees=833, faits=FaitsPenalite(documents_manquants=1))
    assert clair(penalite.phrase) == "Pénalité proposée : 250 € (1 document manquant × 250 €). Seul l’acheteur décide."


def test_demarches_prouvees():
    """Le marché l'écrit : aucune pour les heures ; les documents restent. Il ne l'écrit pas : la preuve ne change rien."""
    faits = FaitsPenalite(demarches_prouvees=True, documents_manquants=1)
    regle = {"euros_par_heure": D(60), "euros_par_document": D(250)}
    assert proposer(regle | {"exoneration_si_demarches": True}, faits=faits).montant_euros == D(250)
    assert proposer(regle, faits=faits).montant_euros == D(13_510)
    seule = proposer(
        {"euros_par_heure": D(60), "exoneration_si_demarches": True}, faits=FaitsPenalite(demarches_prouvees=True)
    )
    assert "a prouvé ses démarches" in seule.phrase


def test_la_mise_en_demeure_est_dite():
    """Le délai est une condition, écrite dans la phrase."""
    penalite = proposer({"euros_par_heure": D(60), "mise_en_demeure_jours": 15})
    assert "Seulement après une mise en demeure restée 15 jours sans réponse." in clair(penalite.phrase)
    assert penalite.montant_euros == D(13_260)


def test_un_marche_sans_penalite():
    """Des heures manquent, rien n'est prévu : on le dit."""
    assert proposer({}).phrase == "Le marché ne prévoit pas de pénalité pour les heures non faites."
    assert proposer({}, validees=833).phrase.startswith("Les heures dues sont faites")


def test_la_regle_en_une_phrase():
    """Ce que le marché prévoit se relit tel quel."""
    regle = ParametresPenalites(euros_par_heure=D(60), plafond_pourcent=D(10), mise_en_demeure_jours=15)
    assert clair(ecrire_regle_penalites(regle)) == (
        "60 € par heure non faite, au plus 10 % du montant du marché. "
        "Seulement après une mise en demeure restée 15 jours sans réponse."
    )
    assert ecrire_regle_penalites(ParametresPenalites()) == "Aucune pénalité n’est prévue."
    tout = ParametresPenalites(
        smic_coefficient=D(2), pourcent_montant=D(1), euros_par_jour_retard=D(100), euros_par_document=D(50)
    )
    assert clair(ecrire_regle_penalites(tout)) == (
        "2 fois le SMIC horaire brut par heure non faite ; 1 % du montant du marché si des heures manquent ; "
        "100 € par jour de retard d’un document ; 50 € par document manquant."
    )


@pytest.mark.parametrize(
    ("parametres", "champ"),
    [
        ({"euros_par_heure": D(-1)}, "euros_par_heure"),
        ({"euros_par_heure": D(1), "plafond_euros": D(-1)}, "plafond_euros"),
        ({"euros_par_heure": D(1), "plafond_pourcent": D("100.01")}, "plafond_pourcent"),
        ({"pourcent_montant": D(101)}, "pourcent_montant"),
        ({"euros_par_heure": D(60), "smic_coefficient": D(2)}, "smic_coefficient"),
        ({"smic_horaire_euros": D(12)}, "smic_coefficient"),
        ({"plafond_euros": D(1000)}, "plafond_euros"),
        ({"plafond_pourcent": D(10)}, "plafond_pourcent"),
    ],
)
def test_les_contradictions_nomment_leur_champ(parametres, champ):
    """Un refus dit quel paramètre corriger."""
    with pytest.raises(Contradiction) as refus:
        ParametresPenalites(**parametres)
    assert refus.value.champ == champ
    assert str(refus.value).endswith(".")


@pytest.mark.parametrize("part", [D(0), D(100)])
def test_un_plafond_de_0_a_100(part):
    """Les deux bornes sont permises."""
    assert ParametresPenalites(euros_par_heure=D(1), plafond_pourcent=part).plafond_pourcent == part


@pytest.mark.parametrize("faits", [{"jours_de_retard": -1}, {"documents_manquants": -1}])
def test_des_faits_negatifs(faits):
    """Un nombre de jours ou de documents n'est pas négatif."""
    with pytest.raises(ValueError, match="négatif"):
        FaitsPenalite(**faits)


def test_la_section_se_relit():
    """Écrite puis relue, la section est la même ; vide, elle ne prévoit rien."""
    regle = ParametresPenalites(
        euros_par_heure=D(60),
        plafond_euros=D("1000.50"),
        plafond_pourcent=D(10),
        exoneration_si_demarches=True,
        mise_en_demeure_jours=15,
    )
    relue = ParametresPenalites.depuis_json(regle.vers_json(), euros_par_heure=D(60), mise_en_demeure_jours=15)
    assert relue == regle
    assert not ParametresPenalites.depuis_json({}).est_prevue


euros = st.decimals(0, 1000, places=2)


@given(euros, euros, euros, st.one_of(st.none(), euros), st.decimals(0, 2000, places=2), st.integers(0, 400))
def test_jamais_negative_ni_au_dessus_du_plafond(heure, jour, document, plafond, validees, retard):
    """Quelle que soit la règle : entre zéro et le plafond, et la somme de ses lignes sans lui."""
    penalite = proposer(
        {
            "euros_par_heure": heure,
            "euros_par_jour_retard": jour,
            "euros_par_document": document,
            "plafond_euros": plafond,
        },
        validees=validees,
        faits=FaitsPenalite(jours_de_retard=retard),
    )
    assert penalite.montant_euros >= 0
    assert penalite.montant_euros <= sum(ligne.montant_euros for ligne in penalite.lignes)
    assert plafond is None or penalite.montant_euros <= plafond


@pytest.mark.parametrize(
    ("issue", "retenue", "attendu"),
    [
        ("appliquee", None, D(1200)),
        ("abandonnee", None, D(0)),
        ("reduite", D("1199.99"), D("1199.99")),
    ],
)
def test_l_acheteur_retient_tout_moins_ou_rien(issue, retenue, attendu):
    assert montant_decide(issue, proposee=D(1200), retenue=retenue) == attendu


@pytest.mark.parametrize(
    ("issue", "retenue", "code"),
    [
        ("reduite", None, "montant_absent"),
        ("reduite", D(0), "montant_absent"),
        ("reduite", D(1200), "montant_trop_grand"),
        ("abandonnee", D(50), "montant_en_trop"),
        ("appliquee", D(50), "montant_en_trop"),
    ],
)
def test_un_montant_moindre_est_moindre_et_va_seul(issue, retenue, code):
    refus = montant_decide(issue, proposee=D(1200), retenue=retenue)
    assert isinstance(refus, Refus)
    assert refus.code == code
