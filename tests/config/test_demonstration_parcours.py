"""Les parcours de la démonstration : les trois personnes de la fiche A3, toutes les phases, des suivis de toutes sortes."""

from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command

from config.coherence import tous_les_ecarts
from parcours.lectures import agrements_du_jour
from parcours.lectures_chemin import etat_de, parcours_du_jour
from parcours.models import ClasseSortie, Etape, MissionSortie, Parcours, PassagePhase, Phase, Sortie, Suivi, TypeEtape
from parcours.regles.chemin import EtatEtape, controler_dates_etape
from reporting.frise_etapes import frise_des_etapes

pytestmark = pytest.mark.django_db
REFERENCE = date(2026, 11, 17)


def lire(prenom: str):
    parcours = Parcours.objects.get(beneficiaire__prenom=prenom)
    agrements = agrements_du_jour(parcours.beneficiaire, REFERENCE)
    return parcours_du_jour(parcours, agrements, utilisateur=parcours.referent, jour=REFERENCE)


def test_les_parcours_racontent_la_fiche_a3_et_toutes_les_phases(django_assert_max_num_queries):
    call_command("peupler", date=REFERENCE, verbosity=0)

    quesnel = lire("Marc")
    assert [e.nom for e in quesnel.etapes] == ["Accompagnement", *["Contrat au titre d’une clause"] * 2]
    assert quesnel.sortie.libelle == "Emploi durable"
    six, dix_huit = quesnel.sortie.suivis
    assert (six.suivi.get_reponse_display(), dix_huit.suivi.reponse) == ("En emploi", "")

    luna = lire("Luna")
    assert luna.phase_courante.phase == Phase.ACCOMPAGNEMENT
    contrat, emploi = luna.etapes
    assert contrat.etape.contrat.affectations.count() == 3
    assert contrat.validees > 0
    assert emploi.etat == EtatEtape.PREVUE

    assia = lire("Assia")
    types = [e.etape.type_etape for e in assia.etapes]
    assert types == ["contrat_clause", "suspension", "formation", "contrat_clause", "accompagnement"]
    assert assia.etapes[0].etat == EtatEtape.REALISEE
    assert not assia.etapes[0].avertissements
    depasse = assia.etapes[3].avertissements[0].phrase
    assert "après la fin du PASS IAE" in depasse and "L’éligibilité à la clause, elle, ne change pas" in depasse
    with django_assert_max_num_queries(0):
        assert frise_des_etapes(assia, REFERENCE).svg

    ouvertes = set(Parcours.objects.ouverts().avec_phase().values_list("phase_en_cours", flat=True))
    assert set(Phase.values) <= ouvertes
    etats = {etat_de(etape, REFERENCE) for etape in Etape.objects.select_related("contrat")}
    assert etats == set(EtatEtape)
    assert {etape.type_etape for etape in Etape.objects.all()} >= set(TypeEtape.values) - {"contrat_iae"}
    reponses = Counter(Suivi.objects.values_list("reponse", flat=True))
    assert reponses["non_joint"] == 4
    assert Suivi.objects.filter(reponse="", date_prevue__lte=REFERENCE).count() >= 1
    assert set(Sortie.objects.values_list("classe", flat=True)) >= set(ClasseSortie.values) - {"a_completer"}
    _tout_est_permis()
    assert [str(ecart) for ecart in tous_les_ecarts() if ecart.objet.startswith("Sortie")] == []


def _tout_est_permis() -> None:
    """Ce que les écrans refuseraient n'est pas dans la démonstration."""
    for etape in Etape.objects.select_related("contrat", "parcours"):
        refus = controler_dates_etape(
            etape.periode.debut,
            etape.periode.fin,
            type_etape=etape.type_etape,
            entree=etape.parcours.date_debut,
            sortie=etape.parcours.date_fin,
        )
        assert refus is None, refus
    for modele in (Parcours, PassagePhase, Etape, Sortie, MissionSortie, Suivi):
        for objet in modele.objects.all():
            objet.full_clean()
    assert not PassagePhase.objects.filter(date_debut__gt=REFERENCE).exists()
    for sortie in Sortie.objects.select_related("parcours__beneficiaire"):
        tardifs = sortie.parcours.beneficiaire.contrats.filter(
            date_debut__gt=sortie.date_sortie, date_debut__lte=sortie.parcours.date_fin
        )
        assert not tardifs.exists()
