"""Les freins, les actions et les diagnostics de la démonstration : justes au regard des règles, et de quoi montrer chaque écran."""

from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command

from beneficiaires.referentiels import FREINS
from comptes.models import Utilisateur
from parcours.lectures_diagnostic import comparer_diagnostics
from parcours.models import Action, Diagnostic, Frein, ReponseService
from parcours.regles.actions import controler_action
from parcours.regles.referentiel_freins import controler_codes
from parcours.services.actions import faits_action
from reporting.freins_territoire import freins_du_territoire, masquer_le_tableau

pytestmark = pytest.mark.django_db
REFERENCE = date(2026, 11, 17)


def test_les_freins_de_la_demonstration_sont_justes_et_parlent():
    """Codes de leur frein, dates dans le parcours, actions possibles ; chaque état, chaque réponse, un frein bloqué."""
    call_command("peupler", date=REFERENCE, verbosity=0)

    for frein in Frein.objects.select_related("parcours"):
        assert controler_codes(frein.rubrique, frein.situations, frein.objectifs) is None
        assert frein.parcours.date_debut <= (frein.repere_le or frein.date_etat) <= frein.date_etat <= REFERENCE
    for action in Action.objects.select_related("frein"):
        assert controler_action(faits_action(action), aujourd_hui=REFERENCE) is None, action.intitule
    for objet in (*Frein.objects.all(), *Action.objects.all(), *Diagnostic.objects.all()):
        objet.full_clean()

    assert set(Counter(Frein.objects.values_list("etat", flat=True))) == {"repere", "en_cours", "leve", "sans_objet"}
    assert set(Action.objects.values_list("reponse", flat=True)) == set(ReponseService.values)
    assert Frein.objects.bloques(jour=REFERENCE, seuil_jours=90).count() >= 3

    for prenom, nombre in (("Marc", 1), ("Luna", 2), ("Assia", 2)):
        diagnostics = Diagnostic.objects.finis().filter(parcours__beneficiaire__prenom=prenom)
        assert diagnostics.count() == nombre
        assert Frein.objects.filter(parcours__beneficiaire__prenom=prenom).count() >= 2
    apres, avant = Diagnostic.objects.finis().filter(parcours__beneficiaire__prenom="Luna")
    changes = {x.libelle for s in comparer_diagnostics(avant, apres) for x in s.lignes if x.changement != "meme"}
    assert {"Permis B", "Démarches en ligne", "Mobilité"} <= changes
    assert Diagnostic.objects.filter(fini_le__isnull=True).count() == 1

    facilitateur = Utilisateur.objects.get(email="c.morel@confluent.example")
    tableau = freins_du_territoire(Frein.objects.pour(facilitateur))
    mobilite = next(ligne for ligne in tableau.lignes if ligne.rubrique == "mobilite")
    assert mobilite.leves >= 5 and mobilite.mediane > 0
    assert set(FREINS) == {ligne.rubrique for ligne in tableau.lignes}
    assert any(ligne.personnes is None for ligne in masquer_le_tableau(tableau).lignes)
