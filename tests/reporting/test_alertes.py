"""Les échéances signalées : tranches, idempotence, clôture, deux passages à la fois."""

import threading
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import NotSupportedError, connection

from clauses.models import ReponseEligibilite
from parcours.models import TypeAgrement
from reporting.alertes import Compte, resumer, signaler_echeances, traiter
from reporting.models import Alerte, SeuilAlerte, TypeAlerte
from reporting.tasks import signaler_echeances as tache
from tests.fabriques import AgrementFactory, EligibiliteFactory, creer_utilisateur

JOUR = date(2026, 11, 17)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fin", "seuil"),
    [
        (date(2027, 2, 16), None),  # dans 91 jours
        (date(2027, 2, 15), SeuilAlerte.J90),
        (date(2027, 1, 17), SeuilAlerte.J90),  # dans 61 jours
        (date(2027, 1, 16), SeuilAlerte.J60),
        (date(2026, 12, 18), SeuilAlerte.J60),  # dans 31 jours
        (date(2026, 12, 17), SeuilAlerte.J30),
        (date(2026, 11, 17), SeuilAlerte.J30),  # le dernier jour compte encore
        (date(2026, 11, 16), SeuilAlerte.DEPASSEE),
        (date(2026, 5, 21), SeuilAlerte.DEPASSEE),  # passée depuis 180 jours
        (date(2026, 5, 20), None),
    ],
)
def test_chaque_fin_tombe_dans_sa_tranche(fin, seuil):
    """Les tranches ne se recouvrent pas ; hors d'elles rien ne se signale, ni passé 180 jours."""
    eligibilite = EligibiliteFactory(date_debut=date(2024, 11, 18), date_fin=fin)
    agrement = AgrementFactory(date_fin=fin)
    signaler_echeances(jour=JOUR)
    seuils = {a.objet: a.seuil for a in Alerte.objects.all()}
    assert seuils == ({} if seuil is None else {eligibilite.pk: seuil, agrement.pk: seuil})


def test_l_alerte_appartient_a_la_structure_de_l_operation_ou_de_la_personne():
    """Une éligibilité revient à la structure de l'opération, un agrément à celle qui suit la personne."""
    eligibilite = EligibiliteFactory(date_fin=date(2026, 12, 1), date_debut=date(2025, 1, 1))
    agrement = AgrementFactory(type_agrement=TypeAgrement.PLIE, date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    assert set(Alerte.objects.values_list("type_alerte", "structure", "beneficiaire")) == {
        ("eligibilite", eligibilite.operation.structure_id, eligibilite.beneficiaire_id),
        ("plie", agrement.beneficiaire.structure_id, agrement.beneficiaire_id),
    }


def test_signaler_deux_fois_ne_cree_rien_deux_fois():
    """Le second passage du même jour ne change rien."""
    EligibiliteFactory(date_fin=date(2026, 12, 1), date_debut=date(2025, 1, 1))
    AgrementFactory(date_fin=date(2027, 1, 20))
    premier = signaler_echeances(jour=JOUR)
    avant = list(Alerte.objects.order_by("pk").values())
    second = signaler_echeances(jour=JOUR)
    assert premier.par_type[TypeAlerte.ELIGIBILITE] == Compte(creees=1)
    assert premier.par_type[TypeAlerte.PASS_IAE] == Compte(creees=1)
    assert second.total == Compte()
    assert list(Alerte.objects.order_by("pk").values()) == avant
    assert resumer(second).startswith("Rien à changer")


def test_l_alerte_avance_de_tranche_sans_se_dedoubler():
    """La même échéance passe de 61 à 90 jours à dépassée, avec une seule alerte."""
    AgrementFactory(date_fin=date(2027, 2, 10))
    for jour, seuil in (
        (date(2026, 11, 17), "j90"),
        (date(2026, 12, 20), "j60"),
        (date(2027, 1, 15), "j30"),
        (date(2027, 2, 11), "depassee"),
    ):
        resultat = signaler_echeances(jour=jour)
        assert Alerte.objects.get().seuil == seuil
    assert resultat.par_type[TypeAlerte.PASS_IAE] == Compte(avancees=1)


def test_une_nouvelle_date_clot_l_ancienne_alerte_et_en_ouvre_une():
    """Le PASS prolongé se signale à sa nouvelle date ; l'alerte de l'ancienne se ferme sans auteur."""
    agrement = AgrementFactory(date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    agrement.date_fin = date(2027, 2, 1)
    agrement.save()
    resultat = signaler_echeances(jour=JOUR)
    assert resultat.par_type[TypeAlerte.PASS_IAE] == Compte(creees=1, closes=1)
    assert Alerte.objects.ouvertes().get().date_echeance == date(2027, 2, 1)
    assert Alerte.objects.exclude(close_le=None).get().traitee_par is None


def test_une_date_qui_revient_rouvre_l_alerte():
    """La date corrigée par erreur puis remise retrouve sa première alerte, à traiter."""
    agrement = AgrementFactory(date_fin=date(2026, 12, 1))
    signaler_echeances(jour=JOUR)
    for fin in (date(2027, 2, 1), date(2026, 12, 1)):
        agrement.date_fin = fin
        agrement.save()
        signaler_echeances(jour=JOUR)
    assert [a.date_echeance for a in Alerte.objects.ouvertes()] == [date(2026, 12, 1)]
    assert Alerte.objects.count() == 2


def test_un_agrement_renouvele_ne_se_signale_plus():
    """Un parcours PLIE suivi d'un autre n'a plus d'échéance ; un PASS IAE à côté garde la sienne."""
    ancien = AgrementFactory(type_agrement=TypeAgrement.PLIE, numero="", date_fin=date(2026, 12, 1))
    AgrementFactory(beneficiaire=ancien.beneficiaire, date_fin=date(2026, 12, 10))
    signaler_echeances(jour=JOUR)
    AgrementFactory(
        beneficiaire=ancien.beneficiaire,
        type_agrement=TypeAgrement.PLIE,
        numero="",
        date_debut=date(2026, 12, 2),
        date_fin=date(2028, 12, 1),
    )
    resultat = signaler_echeances(jour=JOUR)
    assert resultat.par_type[TypeAlerte.PLIE] == Compte(closes=1)
    assert [a.type_alerte for a in Alerte.objects.ouvertes()] == ["pass_iae"]


@pytest.mark.parametrize("changement", [{"est_courante": False}, {"reponse": ReponseEligibilite.NON_ELIGIBLE}])
def test_une_decision_remplacee_ou_defavorable_ne_se_signale_plus(changement):
    """Seule la décision en vigueur et favorable a une échéance."""
    eligibilite = EligibiliteFactory(date_fin=date(2026, 12, 1), date_debut=date(2025, 1, 1))
    signaler_echeances(jour=JOUR)
    for champ, valeur in changement.items():
        setattr(eligibilite, champ, valeur)
    eligibilite.save()
    assert signaler_echeances(jour=JOUR).par_type[TypeAlerte.ELIGIBILITE] == Compte(closes=1)
    assert not Alerte.objects.ouvertes().exists()


def test_une_fenetre_pas_encore_ouverte_n_a_pas_d_echeance():
    """Tant que l'embauche n'est pas connue, il n'y a pas de dernier jour à signaler."""
    EligibiliteFactory(date_debut=None, date_fin=None)
    assert signaler_echeances(jour=JOUR).total == Compte()


def test_une_echeance_traitee_le_reste():
    """Ce que quelqu'un a traité ne revient pas à la tranche suivante."""
    agrement = AgrementFactory(date_fin=date(2027, 2, 10))
    claire = creer_utilisateur(agrement.beneficiaire.structure)
    signaler_echeances(jour=JOUR)
    traiter(alerte=Alerte.objects.get(), utilisateur=claire, note="Prolongation demandée")
    assert signaler_echeances(jour=date(2027, 1, 20)).total == Compte()
    assert not Alerte.objects.ouvertes().exists()
    assert Alerte.objects.get().note == "Prolongation demandée"


@pytest.mark.django_db(transaction=True)
def test_deux_passages_en_meme_temps_ne_creent_pas_de_doublon():
    """Deux connexions signalent ensemble : une alerte par échéance, et le compte des créations tombe juste."""
    AgrementFactory.create_batch(30, date_fin=date(2026, 12, 1))
    EligibiliteFactory.create_batch(5, date_fin=date(2026, 12, 1), date_debut=date(2025, 1, 1))
    depart, resultats, erreurs = threading.Barrier(2), [], []

    def passer():
        try:
            depart.wait()
            resultats.append(signaler_echeances(jour=JOUR))
        except Exception as erreur:  # remontée au fil principal
            erreurs.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=passer) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert not erreurs
    assert Alerte.objects.count() == 35
    assert sum(resultat.total.creees for resultat in resultats) == 35


def test_la_tache_passe_par_le_meme_service(celery_immediat):
    """La tâche de la nuit signale les échéances du jour qu'on lui donne."""
    AgrementFactory(date_fin=date(2026, 12, 1))
    tache.delay("2026-11-17")
    assert Alerte.objects.get().seuil == SeuilAlerte.J30


def test_la_commande_dit_ce_qu_elle_a_fait():
    """La commande résume chaque type en français, et refuse une date mal écrite sans rien changer."""
    AgrementFactory(date_fin=date(2026, 12, 1))
    sortie = StringIO()
    call_command("signaler_echeances", "--date=2026-11-17", stdout=sortie)
    assert "17 novembre 2026" in sortie.getvalue()
    assert "Fin de PASS IAE\u00a0: 1\u00a0créée" in sortie.getvalue()
    with pytest.raises(CommandError, match="AAAA-MM-JJ"):
        call_command("signaler_echeances", "--date=17/11/2026")
    assert Alerte.objects.count() == 1


def test_une_condition_ecrite_refuse_une_requete_ou_sa_table_change_de_nom():
    with pytest.raises(NotSupportedError):
        list(Alerte.objects.filter(pk__in=Alerte.objects.ouvertes().values("pk")))
