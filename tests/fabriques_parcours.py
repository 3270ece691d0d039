"""Agréments et parcours d'une personne dans le paysage des tests : un objet de chaque sorte, aux dates fixes."""

from datetime import date

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from beneficiaires.models import Beneficiaire, Commune
from parcours.models import (
    Action,
    Agrement,
    ComiteTechnique,
    Diagnostic,
    Dispositif,
    Etape,
    EtatFrein,
    EtatImport,
    Frein,
    ImportServices,
    IssueEtape,
    MissionSortie,
    Parcours,
    PassagePhase,
    Phase,
    PointComite,
    ReglageSuivi,
    ServiceInsertion,
    Sortie,
    Suivi,
    SujetPoint,
    TypeAgrement,
    TypeEtape,
)
from tests.fabriques_personnes import BeneficiaireFactory


class AgrementFactory(DjangoModelFactory):
    class Meta:
        model = Agrement

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    type_agrement = TypeAgrement.PASS_IAE
    numero = factory.Sequence(lambda n: f"99999{n:07d}")
    date_debut = date(2024, 1, 15)
    date_fin = date(2026, 1, 13)


def completer_le_parcours(paysage) -> None:
    """Donne à la personne un parcours ouvert et, avant lui, un parcours fini avec sa sortie et ses suivis."""
    commun = {"beneficiaire": paysage.beneficiaire, "referent": paysage.facilitateur}
    paysage.parcours = Parcours.objects.create(
        **commun, dispositif=Dispositif.PLIE, prescripteur=paysage.prescripteur, date_debut=date(2026, 2, 2)
    )
    paysage.passage = PassagePhase.objects.create(
        parcours=paysage.parcours,
        phase=Phase.DIAGNOSTIC,
        date_debut=date(2026, 2, 2),
        auteur=paysage.facilitateur,
    )
    paysage.diagnostic = Diagnostic.objects.create(
        parcours=paysage.parcours, date_diagnostic=date(2026, 2, 3), auteur=paysage.facilitateur
    )
    paysage.diagnostic_fini = Diagnostic.objects.create(
        parcours=paysage.parcours,
        date_diagnostic=date(2026, 2, 2),
        auteur=paysage.facilitateur,
        etapes_faites=["mobilite"],
        permis_b="non",
        fini_le=timezone.now(),
    )
    paysage.frein = Frein.objects.create(
        parcours=paysage.parcours,
        rubrique="mobilite",
        etat=EtatFrein.REPERE,
        date_etat=date(2026, 2, 3),
        repere_le=date(2026, 2, 3),
        situations=[7],
        objectifs=[28],
    )
    paysage.action = Action.objects.create(
        frein=paysage.frein,
        intitule="Préparer le permis B",
        structure="Auto-école solidaire",
        date_debut=date(2026, 3, 2),
        auteur=paysage.facilitateur,
    )
    paysage.action_envoyee = Action.objects.create(
        frein=paysage.frein,
        intitule="Financer le permis B",
        mobilisee_par=paysage.prescripteur,
        date_debut=date(2026, 3, 2),
        reponse="envoyee",
        envoyee_le=date(2026, 3, 3),
        auteur=paysage.facilitateur,
    )
    paysage.etape = Etape.objects.create(
        parcours=paysage.parcours,
        type_etape=TypeEtape.IMMERSION,
        intitule="Peinture",
        structure="Peintures du Rhône",
        date_debut=date(2026, 3, 9),
        date_fin=date(2026, 3, 20),
    )
    _completer_l_ancien(paysage, commun)
    _completer_les_libres(paysage)
    _completer_l_entree(paysage)
    _completer_le_comite(paysage)
    Commune.objects.create(
        code="59291", nom="Hautmont", cle="hautmont", departement="59", latitude=50.251, longitude=3.922
    )
    paysage.import_services = ImportServices.objects.create(
        departement="59", fichier="services-59.json", etat=EtatImport.EN_SERVICE, services_gardes=1
    )
    paysage.service = ServiceInsertion.objects.create(
        import_services=paysage.import_services,
        identifiant="dora--1",
        source="dora",
        nom="Permis solidaire",
        structure_nom="Mobilité pour tous",
        thematiques=["mobilite--preparer-un-permis"],
        modes_accueil=["a-distance"],
    )
    ReglageSuivi.objects.create(structure=paysage.structure)


def _completer_l_ancien(paysage, commun: dict) -> None:
    paysage.parcours_fini = Parcours.objects.create(
        **commun, dispositif=Dispositif.RSA, date_debut=date(2024, 1, 8), date_fin=date(2025, 3, 31)
    )
    paysage.sortie = Sortie.objects.create(
        parcours=paysage.parcours_fini,
        nature="interim",
        date_sortie=date(2025, 3, 31),
        date_debut=date(2025, 3, 3),
        classe="transition",
        classee_au=date(2025, 3, 31),
        auteur=paysage.facilitateur,
    )
    MissionSortie.objects.create(
        sortie=paysage.sortie, employeur="Façades du Nord", date_debut=date(2025, 3, 3), date_fin=date(2025, 4, 30)
    )
    paysage.suivi = Suivi.objects.create(sortie=paysage.sortie, jalon_mois=18, date_prevue=date(2026, 9, 30))


def _completer_l_entree(paysage) -> None:
    """Une personne entrée depuis peu : un diagnostic fini, aucun en cours."""
    paysage.entree = Beneficiaire.objects.create(
        structure=paysage.structure,
        prescripteur=paysage.prescripteur,
        prenom="Inaya",
        nom_naissance="Entrante",
        date_naissance=date(1992, 8, 14),
        sexe="F",
        commune="Villerive",
    )
    paysage.parcours_entree = Parcours.objects.create(beneficiaire=paysage.entree, date_debut=date(2026, 6, 1))
    paysage.diagnostic_a_rouvrir = Diagnostic.objects.create(
        parcours=paysage.parcours_entree,
        date_diagnostic=date(2026, 6, 2),
        auteur=paysage.facilitateur,
        fini_le=timezone.now(),
    )


def _completer_les_libres(paysage) -> None:
    """Une personne sans parcours, une au parcours ouvert que rien ne retient, et une étape sautée."""
    paysage.etape_sautee = Etape.objects.create(
        parcours=paysage.parcours,
        type_etape=TypeEtape.FORMATION,
        date_debut=date(2026, 4, 1),
        issue=IssueEtape.SAUTEE,
        motif="Session annulée",
    )
    suivie = {"structure": paysage.structure, "prescripteur": paysage.prescripteur, "sexe": "F", "commune": "Villerive"}
    noms = {"prenom": "Ines", "nom_naissance": "Libre", "date_naissance": date(1990, 5, 4)}
    paysage.beneficiaire_libre = Beneficiaire.objects.create(**suivie, **noms)
    sortie_de = Beneficiaire.objects.create(**suivie, **noms | {"prenom": "Ida"})
    entree_de = Beneficiaire.objects.create(**suivie, **noms | {"prenom": "Iris"})
    paysage.parcours_libre = Parcours.objects.create(beneficiaire=entree_de, date_debut=date(2026, 6, 1))
    clos = Parcours.objects.create(beneficiaire=sortie_de, date_debut=date(2025, 6, 2), date_fin=date(2026, 2, 27))
    paysage.sortie_libre = Sortie.objects.create(
        parcours=clos,
        nature="cdi",
        date_sortie=date(2026, 2, 27),
        date_debut=date(2026, 2, 2),
        classe="durable",
        classee_au=date(2026, 2, 27),
        auteur=paysage.facilitateur,
    )


def _completer_le_comite(paysage) -> None:
    paysage.comite = ComiteTechnique.objects.create(
        structure=paysage.structure,
        date_seance=date(2026, 11, 17),
        lieu="Maison de l’emploi",
        cree_par=paysage.facilitateur,
    )
    paysage.comite.partenaires.add(paysage.prescripteur)
    paysage.point = PointComite.objects.create(
        comite=paysage.comite,
        sujet=SujetPoint.FREIN,
        objet=paysage.frein.pk,
        beneficiaire=paysage.beneficiaire,
        question="Comment financer le permis\u00a0?",
    )
    paysage.point_decide = PointComite.objects.create(
        comite=paysage.comite,
        sujet=SujetPoint.SORTIE,
        objet=paysage.parcours_fini.pk,
        beneficiaire=paysage.beneficiaire,
        question="La sortie est-elle classée\u00a0?",
        decision="favorable",
        decide_par=paysage.facilitateur,
        decide_le=timezone.now(),
    )
    paysage.comite_clos = ComiteTechnique.objects.create(
        structure=paysage.structure,
        date_seance=date(2026, 10, 6),
        close_le=timezone.now(),
        cree_par=paysage.facilitateur,
    )
    paysage.comite_clos.partenaires.add(paysage.prescripteur)
    paysage.comite_clos.presents.add(paysage.prescripteur)
    PointComite.objects.create(
        comite=paysage.comite_clos,
        sujet=SujetPoint.AUTRE,
        objet=paysage.parcours.pk,
        beneficiaire=paysage.beneficiaire,
        question="Une immersion avant l’hiver\u00a0?",
        decision="favorable",
        decide_par=paysage.facilitateur,
        decide_le=timezone.now(),
    )
    paysage.comite_libre = ComiteTechnique.objects.create(
        structure=paysage.structure, date_seance=date(2027, 1, 12), cree_par=paysage.facilitateur
    )
    paysage.comite_libre.partenaires.add(paysage.prescripteur)
