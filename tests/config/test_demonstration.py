"""Les données de démonstration : justes au regard des règles, complètes, et toujours les mêmes."""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction

from beneficiaires.models import Beneficiaire, Orientation
from beneficiaires.periodes import Periode
from clauses.models import (
    Affectation,
    Contrat,
    Engagement,
    EtatReleve,
    Marche,
    ReleveHeures,
)
from clauses.regles import controler_heures
from clauses.services.heures import faits_de
from comptes.models import Organisation
from tests.fabriques import StructureFactory

APPLICATIONS = {"comptes", "beneficiaires", "clauses", "parcours", "reporting"}
REFERENCE = date(2026, 11, 17)
pytestmark = pytest.mark.django_db


def peupler(reference: date = REFERENCE, **options) -> str:
    sortie = StringIO()
    call_command("peupler", date=reference, stdout=sortie, **options)
    return sortie.getvalue()


def tout_lire() -> dict[str, list[dict]]:
    """Chaque ligne de chaque table, sans les numéros que la base donne dans l'ordre d'arrivée."""
    numerotees = {"CumulMensuel", "CritereOriente", "MissionSortie", "ServiceInsertion", "Alerte"}
    contenu = {}
    for modele in apps.get_models(include_auto_created=True):
        if modele._meta.app_label not in APPLICATIONS or modele.__name__.endswith("Event"):
            continue
        sans = {"id"} if modele.__name__ in numerotees or modele._meta.auto_created else set()
        lignes = [{cle: v for cle, v in ligne.items() if cle not in sans} for ligne in modele.objects.values()]
        contenu[modele._meta.label] = sorted(lignes, key=repr)
    return contenu


def tout_peupler_puis_annuler(**options) -> dict[str, list[dict]]:
    """Rend tout ce que la démonstration écrit, et laisse la base vide."""
    point = transaction.savepoint()
    peupler(**options)
    contenu = tout_lire()
    transaction.savepoint_rollback(point)
    return contenu


def test_deux_fois_les_memes_donnees_meme_un_autre_jour(time_machine):
    """Même graine, même référence : chaque colonne est la même, quel que soit le jour où l'on peuple."""
    time_machine.move_to("2026-11-17 09:00:00+01:00")
    premier = tout_peupler_puis_annuler()
    time_machine.move_to("2027-03-02 22:00:00+01:00")
    assert tout_peupler_puis_annuler() == premier
    assert sum(map(len, premier.values())) > 1000


def test_une_autre_graine_donne_d_autres_heures():
    """La graine change le hasard, pas le récit."""

    def heures_et_noms(contenu):
        heures = Counter((ligne["mois"], ligne["heures"]) for ligne in contenu["clauses.ReleveHeures"])
        return heures, {ligne["nom_naissance"] for ligne in contenu["beneficiaires.Beneficiaire"]}

    heures, noms = heures_et_noms(tout_peupler_puis_annuler())
    autres_heures, autres_noms = heures_et_noms(tout_peupler_puis_annuler(graine=7))
    assert autres_heures != heures
    assert autres_noms == noms


@pytest.mark.parametrize("reference", [date(2024, 1, 1), REFERENCE, date(2028, 2, 29)])
def test_tout_est_juste_quel_que_soit_le_jour(reference):
    """Chaque objet passe ses propres contrôles, chaque relevé gardé ceux de la saisie, chaque copie son recalcul."""
    peupler(reference)
    for modele in (Organisation, Beneficiaire, Orientation, Marche, Engagement, Contrat, Affectation, ReleveHeures):
        for objet in modele.objects.all():
            objet.full_clean(validate_unique=False, validate_constraints=False)
    releves = ReleveHeures.objects.exclude(etat=EtatReleve.REFUSE).select_related(
        "affectation__contrat", "affectation__eligibilite", "affectation__engagement__titulaire__lot__marche__operation"
    )
    for releve in releves:
        contrat, fenetre, lot = faits_de(releve.affectation)
        refus = controler_heures(
            heures=releve.heures,
            nature=releve.nature,
            periode=Periode(releve.date_debut, releve.date_fin),
            contrat=contrat,
            fenetre=fenetre,
            lot=lot,
            lot_clos=False,
            aujourd_hui=reference,
        )
        assert refus is None, refus
        assert releve.saisi_le.date() <= reference
        assert releve.decide_le is None or releve.saisi_le <= releve.decide_le
    call_command("verifier_coherence", stdout=StringIO())


def test_la_base_qui_sert_deja_n_est_jamais_touchee():
    """Une base où il y a quelqu'un refuse la démonstration ; « --si-vide » passe son chemin sans rien dire."""
    StructureFactory()
    avant = tout_lire()
    with pytest.raises(CommandError, match="contient déjà des données"):
        peupler()
    assert peupler(si_vide=True) == ""
    assert tout_lire() == avant


@pytest.mark.parametrize("argument", ["--date=17/11/2026", "--date=2023-12-31"])
def test_une_date_impossible_est_refusee_sans_rien_ecrire(argument):
    """Mal écrite, ou d'avant les récits de la fiche A3 : une phrase, et la base reste vide."""
    with pytest.raises(CommandError, match=r"AAAA-MM-JJ|01/01/2024"):
        call_command("peupler", argument)
    assert not Organisation.objects.exists()


def test_sans_demonstration_pas_de_comptes():
    """Là où rien n'a été peuplé, la commande dit quoi faire."""
    with pytest.raises(CommandError, match=r"manage\.py peupler"):
        call_command("comptes_demo")


def test_une_base_vide_concorde():
    """Rien à comparer : verifier_coherence n'a rien à redire."""
    call_command("verifier_coherence", stdout=StringIO())
