"""Suspendre, prolonger, renouveler : la fin gardée suit la règle, un refus ne change rien, et chaque changement est journalisé."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from config.coherence import tous_les_ecarts
from parcours.models import Agrement, EtatProlongation, Plie, Prolongation, Renouvellement, Suspension
from parcours.services.agrements import enregistrer_agrement
from parcours.services.pass_iae import (
    enregistrer_prolongation,
    enregistrer_suspension,
    supprimer_prolongation,
    supprimer_suspension,
)
from parcours.services.plie import (
    enregistrer_plie,
    enregistrer_renouvellement,
    supprimer_plie,
    supprimer_renouvellement,
)
from reporting.alertes import signaler_echeances
from reporting.models import Alerte
from tests.fabriques import AgrementFactory, BeneficiaireFactory, EligibiliteFactory, StructureFactory

pytestmark = pytest.mark.django_db

AVIS = {
    "avis_prescripteur": "CAP_EMPLOI",
    "avis_organisme": "Cap emploi du Rhône",
    "avis_date": date(2025, 9, 2),
    "avis_texte": "Projet d’emploi adapté en cours.",
}


@pytest.fixture
def le_pass():
    """Exemple 4 : un PASS IAE du 15/01/2024, fini le 13/01/2026."""
    return AgrementFactory()


def suspendre(agrement, debut, fin, *, jour=date(2024, 12, 2), motif="CONTRACT_BROKEN", **champs) -> Suspension:
    suspension = Suspension(agrement=agrement, motif=motif, date_debut=debut, date_fin=fin, **champs)
    return enregistrer_suspension(suspension=suspension, aujourd_hui=jour)


def prolonger(agrement, fin, *, jour=date(2025, 9, 10), etat="accordee", **champs) -> Prolongation:
    agrement.refresh_from_db()
    valeurs = {
        "motif": "COMPLETE_TRAINING",
        "date_demande": date(2025, 9, 1),
        "date_debut": agrement.date_fin,
        "date_fin": fin,
        "etat": etat,
    }
    return enregistrer_prolongation(prolongation=Prolongation(agrement=agrement, **valeurs | champs), aujourd_hui=jour)


def renouveler(agrement, **champs) -> Renouvellement:
    valeurs = {"avis_organisme": "Comité du PLIE", "avis_date": date(2025, 11, 3), "avis_texte": "Formation à finir."}
    renouvellement = Renouvellement(agrement=agrement, **valeurs | champs)
    return enregistrer_renouvellement(renouvellement=renouvellement, aujourd_hui=date(2025, 11, 10))


def fin(agrement) -> date:
    return Agrement.objects.get(pk=agrement.pk).date_fin


def refus_de(geste, champ: str) -> str:
    with pytest.raises(ValidationError) as refus:
        geste()
    return refus.value.message_dict[champ][0]


# --- Suspensions


def test_exemple_4_une_suspension_pousse_la_fin_et_la_rend(le_pass):
    """Du 01/09 au 30/11/2024 : la fin passe au 13/04/2026 ; raccourcie puis retirée, elle revient au 13/01/2026."""
    suspension = suspendre(le_pass, date(2024, 9, 1), date(2024, 11, 30))
    assert fin(le_pass) == date(2026, 4, 13)
    suspension.date_fin = date(2024, 9, 11)
    enregistrer_suspension(suspension=suspension, aujourd_hui=date(2024, 12, 2))
    assert fin(le_pass) == date(2026, 1, 23)
    supprimer_suspension(suspension=suspension)
    assert fin(le_pass) == date(2026, 1, 13)


def test_la_fenetre_de_clause_ne_bouge_pas(le_pass):
    """Exemple 4 : une suspension du PASS IAE ne déplace ni la fenêtre ni la décision d'une clause."""
    eligibilite = EligibiliteFactory(beneficiaire=le_pass.beneficiaire)
    avant = (eligibilite.date_debut, eligibilite.date_fin, eligibilite.decision)
    suspendre(le_pass, date(2024, 9, 1), date(2024, 11, 30))
    eligibilite.refresh_from_db()
    assert (eligibilite.date_debut, eligibilite.date_fin, eligibilite.decision) == avant


@pytest.mark.parametrize(
    ("debut", "fin_", "champs", "champ", "phrase"),
    [
        (date(2024, 12, 3), date(2024, 12, 20), {}, "date_debut", "dans le futur"),
        (date(2024, 1, 14), date(2024, 2, 1), {}, "date_debut", "hors du PASS IAE"),
        (date(2024, 9, 1), date(2027, 9, 1), {}, "date_fin", "31 août 2027"),
        (date(2024, 9, 1), date(2024, 8, 31), {}, "date_fin", "avant d’avoir commencé"),
        (date(2024, 9, 1), date(2024, 9, 30), {"motif": "MATERNITY"}, "motif", "n’est plus ouvert"),
        (date(2024, 9, 1), date(2024, 9, 30), {"motif": "CONTRAT_PASSERELLE"}, "structure_iae", "ACI et EI"),
        (date(2024, 9, 1), date(2024, 9, 30), {"jour": date(2025, 9, 2)}, "date_debut", "365"),
    ],
)
def test_une_suspension_refusee(le_pass, debut, fin_, champs, champ, phrase):
    """Chaque refus va à son champ, avec sa phrase ; ni suspension ni fin ne changent."""
    assert phrase in refus_de(lambda: suspendre(le_pass, debut, fin_, **champs), champ)
    assert not Suspension.objects.exists()
    assert fin(le_pass) == date(2026, 1, 13)


def test_deux_suspensions_ne_partagent_pas_un_jour(le_pass):
    """Exemple 6 : le 30/11 est déjà pris, le 01/12 est libre ; la base refuse aussi ce que le service n'a pas vu."""
    suspendre(le_pass, date(2024, 9, 1), date(2024, 11, 30))
    assert "1er septembre 2024" in refus_de(
        lambda: suspendre(le_pass, date(2024, 11, 30), date(2024, 12, 20)), "date_debut"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspension.objects.create(
            agrement=le_pass, motif="CONTRACT_BROKEN", date_debut=date(2024, 11, 30), date_fin=date(2024, 12, 20)
        )
    suspendre(le_pass, date(2024, 12, 1), date(2024, 12, 20))
    assert fin(le_pass) == date(2026, 5, 2)


def test_retirer_celle_dont_une_autre_depend_est_refuse(le_pass):
    """Celle de mars 2026 n'est dans le PASS que grâce à celle d'automne : retirer l'automne est refusé, avec la raison."""
    automne = suspendre(le_pass, date(2024, 9, 1), date(2024, 11, 30))
    suspendre(le_pass, date(2026, 3, 1), date(2026, 3, 31), jour=date(2026, 3, 2))
    with pytest.raises(ValidationError, match="ne contiendrait plus celle qui commence le 1er mars 2026"):
        supprimer_suspension(suspension=Suspension.objects.get(pk=automne.pk))
    assert Suspension.objects.count() == 2
    assert fin(le_pass) == date(2026, 5, 13)


def test_une_suspension_ne_pousse_pas_le_pass_sur_le_suivant(le_pass):
    """Un autre PASS commence le 14/01/2026 : la suspension qui le recouvrirait est refusée."""
    AgrementFactory(
        beneficiaire=le_pass.beneficiaire,
        date_debut=date(2026, 1, 14),
        date_fin=date(2028, 1, 13),
        numero="999992600002",
    )
    with pytest.raises(ValidationError, match="a déjà un PASS IAE depuis le 14 janvier 2026"):
        suspendre(le_pass, date(2024, 9, 1), date(2024, 11, 30))
    assert not Suspension.objects.exists()


def test_la_date_ecrite_l_emporte_sur_une_suspension(le_pass):
    """La fin imprimée par la plateforme ne bouge pas quand on enregistre une suspension."""
    Agrement.objects.filter(pk=le_pass.pk).update(fin_officielle=date(2026, 4, 14), date_fin=date(2026, 4, 14))
    suspendre(le_pass, date(2024, 9, 1), date(2024, 11, 30))
    assert fin(le_pass) == date(2026, 4, 14)


def test_deplacer_le_pass_garde_ses_suspensions(le_pass):
    """Avancer le début recalcule la fin, suspension comprise ; le passer après la suspension est refusé, à son champ."""
    suspendre(le_pass, date(2024, 9, 1), date(2024, 11, 30))
    le_pass.refresh_from_db()
    le_pass.date_debut = date(2024, 1, 14)
    enregistrer_agrement(agrement=le_pass, aujourd_hui=date(2024, 12, 2))
    assert fin(le_pass) == date(2026, 4, 12)
    le_pass.date_debut = date(2024, 9, 2)
    phrase = refus_de(lambda: enregistrer_agrement(agrement=le_pass, aujourd_hui=date(2024, 12, 2)), "date_debut")
    assert "ne contiendrait plus" in phrase
    le_pass.date_debut, le_pass.type_agrement, le_pass.numero = date(2024, 1, 14), "plie", ""
    phrase = refus_de(lambda: enregistrer_agrement(agrement=le_pass, aujourd_hui=date(2024, 12, 2)), "type_agrement")
    assert "porte 1\u00a0suspension" in phrase


def test_l_alerte_suit_la_fin_repoussee(le_pass):
    """Le PASS suspendu n'est plus annoncé au 13/01/2026 : cette alerte est close, la suivante dit le 13/04/2026."""
    signaler_echeances(jour=date(2025, 12, 20))
    assert Alerte.objects.ouvertes().get().date_echeance == date(2026, 1, 13)
    suspendre(le_pass, date(2025, 9, 1), date(2025, 11, 30), jour=date(2025, 12, 20))
    assert not Alerte.objects.ouvertes().exists()
    signaler_echeances(jour=date(2025, 12, 21))
    assert not Alerte.objects.ouvertes().exists()
    signaler_echeances(jour=date(2026, 1, 20))
    assert Alerte.objects.ouvertes().get().date_echeance == date(2026, 4, 13)


# --- Prolongations


def test_exemple_7_deux_prolongations_s_enchainent():
    """PASS fini le 01/03/2021 : prolongé au 31/03, puis au 30/04 ; commencée le 27/02/2021, elle est refusée."""
    agrement = AgrementFactory(date_debut=date(2019, 3, 3), date_fin=date(2021, 3, 1))
    demande = {"date_demande": date(2021, 2, 1), "jour": date(2021, 4, 1)}
    assert "le 1er mars 2021" in refus_de(
        lambda: prolonger(agrement, date(2021, 3, 31), date_debut=date(2021, 2, 27), **demande), "date_debut"
    )
    premiere = prolonger(agrement, date(2021, 3, 31), **demande)
    assert fin(agrement) == date(2021, 3, 31)
    seconde = prolonger(agrement, date(2021, 4, 30), **demande)
    assert fin(agrement) == date(2021, 4, 30)
    with pytest.raises(ValidationError, match="retirez d’abord celle-là"):
        supprimer_prolongation(prolongation=premiere)
    supprimer_prolongation(prolongation=seconde)
    supprimer_prolongation(prolongation=premiere)
    assert fin(agrement) == date(2021, 3, 1)


def test_une_demande_ne_compte_qu_une_fois_accordee(le_pass):
    """Demandée : la fin ne bouge pas ; accordée avec l'avis du prescripteur habilité : elle recule de 365 jours."""
    demande = prolonger(le_pass, date(2027, 1, 13), etat="demandee", motif="RQTH")
    assert fin(le_pass) == date(2026, 1, 13)
    demande.etat = EtatProlongation.ACCORDEE
    phrase = refus_de(
        lambda: enregistrer_prolongation(prolongation=demande, aujourd_hui=date(2025, 9, 10)), "avis_texte"
    )
    assert "prescripteur habilité" in phrase
    for champ, valeur in AVIS.items():
        setattr(demande, champ, valeur)
    enregistrer_prolongation(prolongation=demande, aujourd_hui=date(2025, 9, 10))
    assert fin(le_pass) == date(2027, 1, 13)


def test_une_demande_refusee_garde_sa_raison(le_pass):
    """Le refus choisit sa raison dans la liste ; la fin ne bouge pas ; une autre demande peut suivre."""
    phrase = refus_de(lambda: prolonger(le_pass, date(2026, 7, 13), etat="refusee"), "motif_refus")
    assert phrase == "Dites pourquoi la prolongation est refusée."
    prolonger(le_pass, date(2026, 7, 13), etat="refusee", motif_refus="DURATION", **AVIS)
    refusee = Prolongation.objects.get()
    assert (refusee.motif_refus, refusee.avis_texte) == ("DURATION", "")
    prolonger(le_pass, date(2026, 4, 13), etat="demandee")
    assert fin(le_pass) == date(2026, 1, 13)
    with pytest.raises(ValidationError, match="attend déjà sa réponse"):
        prolonger(le_pass, date(2026, 5, 13), etat="demandee")


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"date_demande": date(2025, 1, 12)}, "date_demande", "du 13 janvier 2025 au 13 juillet 2026"),
        ({"date_demande": date(2025, 9, 11)}, "date_demande", "demain"),
        ({"motif": "HEALTH_CONTEXT"}, "motif", "n’est plus ouvert"),
        ({"motif": "SENIOR", **AVIS}, "motif", "la personne aura 35\u00a0ans"),
        ({"motif": "PARTICULAR_DIFFICULTIES", **AVIS, "structure_iae": "ETTI"}, "structure_iae", "ACI et AI"),
        ({"motif": "RQTH", **AVIS, "avis_date": date(2025, 9, 11)}, "avis_date", "demain"),
        ({"fin": date(2027, 1, 14)}, "date_fin", "13 janvier 2027"),
        ({"fin": date(2026, 1, 13)}, "date_fin", "suit le début"),
    ],
)
def test_une_prolongation_refusee(le_pass, champs, champ, phrase):
    """Chaque refus va à son champ ; rien n'est gardé."""
    jusqu_au = champs.pop("fin", date(2026, 7, 13))
    try:
        assert phrase in refus_de(lambda: prolonger(le_pass, jusqu_au, **champs), champ)
    finally:
        champs["fin"] = jusqu_au
    assert not Prolongation.objects.exists()


def test_le_total_d_un_motif_se_cumule(le_pass):
    """Trois fois 365 jours de RQTH, puis plus rien : 1 095 jours en tout, jusqu'au 12/01/2029."""
    for annee in (2027, 2028, 2029):
        agrement = Agrement.objects.get(pk=le_pass.pk)
        fin_ = date.fromordinal(agrement.date_fin.toordinal() + 365)
        prolonger(le_pass, fin_, motif="RQTH", date_demande=agrement.date_fin, jour=date(annee, 1, 14), **AVIS)
    assert fin(le_pass) == date(2029, 1, 12)
    phrase = refus_de(
        lambda: prolonger(
            le_pass, date(2029, 1, 13), motif="RQTH", date_demande=date(2029, 1, 2), jour=date(2029, 1, 3), **AVIS
        ),
        "date_fin",
    )
    assert "12 janvier 2029" in phrase


def test_suspendre_apres_une_prolongation_ajoute_les_deux(le_pass):
    """Prolongé au 13/07/2026, puis suspendu 90 jours : la fin va au 11/10/2026 ; la prolongation se corrige encore."""
    prolongation = prolonger(le_pass, date(2026, 7, 13))
    suspendre(le_pass, date(2025, 6, 1), date(2025, 8, 30), jour=date(2025, 9, 10))
    assert fin(le_pass) == date(2026, 10, 11)
    prolongation.date_fin = date(2026, 7, 3)
    enregistrer_prolongation(prolongation=prolongation, aujourd_hui=date(2025, 9, 10))
    assert fin(le_pass) == date(2026, 10, 1)


def test_un_plie_ne_se_suspend_ni_ne_se_prolonge():
    """Suspension et prolongation sont au PASS IAE, le renouvellement au PLIE."""
    plie = AgrementFactory(type_agrement="plie", numero="", date_debut=date(2024, 1, 1), date_fin=date(2025, 12, 31))
    with pytest.raises(ValidationError, match="Seul un PASS IAE"):
        suspendre(plie, date(2024, 9, 1), date(2024, 9, 30))
    with pytest.raises(ValidationError, match="Seul un PASS IAE"):
        prolonger(plie, date(2026, 7, 13))
    with pytest.raises(ValidationError, match="ne se renouvelle pas"):
        renouveler(AgrementFactory())


# --- PLIE


@pytest.fixture
def plie():
    return Plie.objects.create(structure=StructureFactory(), nom="PLIE du Confluent")


@pytest.fixture
def parcours(plie):
    """Exemple 8 : un parcours du 01/01/2024 au 31/12/2025."""
    agrement = Agrement(
        beneficiaire=BeneficiaireFactory(structure=plie.structure),
        type_agrement="plie",
        plie=plie,
        date_debut=date(2024, 1, 1),
    )
    return enregistrer_agrement(agrement=agrement, aujourd_hui=date(2025, 11, 10))


def test_un_parcours_se_renouvelle_sur_avis_motive(parcours):
    """Douze mois de plus, un renouvellement au plus par défaut ; retiré, la fin revient."""
    assert (parcours.date_fin, parcours.porteur) == (date(2025, 12, 31), "PLIE du Confluent")
    renouvellement = renouveler(parcours)
    assert fin(parcours) == date(2026, 12, 31)
    with pytest.raises(ValidationError, match="renouvellement au plus"):
        renouveler(parcours)
    supprimer_renouvellement(renouvellement=renouvellement)
    assert fin(parcours) == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"avis_texte": "  "}, "avis_texte"),
        ({"avis_organisme": " "}, "avis_organisme"),
        ({"avis_date": date(2023, 12, 31)}, "avis_date"),
        ({"avis_date": date(2025, 11, 11)}, "avis_date"),
        ({"avis_texte": "Suivi, 1 84 12 76 451 089 46, à revoir"}, "avis_texte"),
    ],
)
def test_un_avis_incomplet_est_refuse(parcours, champs, champ):
    """Sans texte, sans auteur, à une date impossible ou avec un numéro de sécurité sociale : refusé à son champ."""
    assert refus_de(lambda: renouveler(parcours, **champs), champ)
    assert fin(parcours) == date(2025, 12, 31)


def test_les_reglages_recalculent_les_estimations(parcours, plie):
    """24 → 36 mois : la fin estimée suit ; le renouvellement accordé garde ses 12 mois ; une fin écrite ne bouge pas."""
    renouveler(parcours)
    ecrit = AgrementFactory(
        type_agrement="plie",
        numero="",
        plie=plie,
        date_debut=date(2024, 1, 1),
        fin_officielle=date(2025, 6, 30),
        date_fin=date(2025, 6, 30),
    )
    plie.duree_mois, plie.renouvellement_mois = 36, 6
    assert enregistrer_plie(plie=plie) == 1
    assert (fin(parcours), fin(ecrit)) == (date(2027, 12, 31), date(2025, 6, 30))


def test_un_plie_renomme_l_est_aussi_sur_ses_parcours(parcours, plie):
    """Le porteur d'un parcours est le nom de son PLIE : il suit."""
    plie.nom = "PLIE du Grand Confluent"
    enregistrer_plie(plie=plie)
    parcours.refresh_from_db()
    assert parcours.porteur == "PLIE du Grand Confluent"


def test_des_reglages_qui_feraient_se_recouvrir_deux_parcours_sont_refuses(parcours, plie):
    """Un second parcours commence le 01/01/2026 : passer à 36 mois le recouvrirait ; rien ne change."""
    second = Agrement(beneficiaire=parcours.beneficiaire, type_agrement="plie", plie=plie, date_debut=date(2026, 1, 1))
    enregistrer_agrement(agrement=second, aujourd_hui=date(2025, 11, 10))
    plie.duree_mois = 36
    with pytest.raises(ValidationError, match="en recouvrirait un autre"):
        enregistrer_plie(plie=plie)
    assert fin(parcours) == date(2025, 12, 31)
    assert Plie.objects.get().duree_mois == 24


def test_un_plie_suivi_ne_se_retire_pas(parcours, plie):
    """Tant qu'un parcours suit ses réglages ; ensuite, il se retire."""
    with pytest.raises(ValidationError, match="Un parcours suit ses réglages"):
        supprimer_plie(plie=plie)
    parcours.delete()
    supprimer_plie(plie=plie)
    assert not Plie.objects.exists()


def test_chaque_changement_est_journalise(le_pass):
    """Création, correction et retrait d'une suspension laissent chacun leur trace, et la fin de l'agrément aussi."""
    suspension = suspendre(le_pass, date(2024, 9, 1), date(2024, 11, 30))
    trace = suspension.events.model
    cle = suspension.pk
    supprimer_suspension(suspension=suspension)
    assert list(trace.objects.filter(pgh_obj_id=cle).order_by("pgh_id").values_list("pgh_label", flat=True)) == [
        "insert",
        "delete",
    ]
    fins = le_pass.events.order_by("pgh_id").values_list("date_fin", flat=True)
    assert list(fins) == [date(2026, 1, 13), date(2026, 4, 13), date(2026, 1, 13)]


def test_une_suspension_effacee_en_sous_main_se_voit(le_pass):
    """La vérification de cohérence relit suspensions, prolongations et renouvellements : une fin qui ne suit plus est un écart."""
    suspendre(le_pass, date(2024, 9, 1), date(2024, 11, 30))
    assert not [ecart for ecart in tous_les_ecarts() if "Agrément" in ecart.objet]
    Suspension.objects.all().delete()
    ecart = next(ecart for ecart in tous_les_ecarts() if "Agrément" in ecart.objet)
    assert (ecart.copie, ecart.recalcul) == ("13/04/2026", "13/01/2026")
