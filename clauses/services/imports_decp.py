"""Un fichier DECP envoyé : le lire, retenir ce que le facilitateur choisit, l'importer par paquets, dire où l'on en est."""

from collections.abc import Callable, Mapping
from datetime import date

import pghistory
from django.db import transaction
from django.db.models import F

from clauses.decp import LIMITES_ENVOI, Enregistrement, MarcheLu, Remarque, controler_taille, lire
from clauses.models import ETATS_A_CHOISIR, EtatImport, EtatLigne, ImportDecp, LigneDecp, Operation
from clauses.services.decp import Choix, Issue, Resultat, Seance, importer
from comptes.models import Organisation, Utilisateur

# Au-delà, le worker lit le fichier ou importe les marchés, et l'écran montre où il en est.
LECTURE_IMMEDIATE_OCTETS = 1_000_000
IMPORT_IMMEDIAT = 25
PAQUET = 25
LIGNES_PAR_ORDRE = 500
Destination = tuple[Operation | None, str]

ETAT_DE_L_ISSUE = {
    Issue.CREE: EtatLigne.CREEE,
    Issue.COMPLETE: EtatLigne.COMPLETEE,
    Issue.INCHANGE: EtatLigne.INCHANGEE,
    Issue.REFUSE: EtatLigne.REFUSEE,
}


@transaction.atomic
def ouvrir_import(
    *, structure: Organisation, auteur: Utilisateur, nom_fichier: str, contenu: bytes, aujourd_hui: date
) -> ImportDecp:
    """Garde le fichier envoyé et le lit, tout de suite s'il est petit. Lève FichierIllisible, rien n'étant alors gardé."""
    controler_taille(len(contenu), LIMITES_ENVOI)
    ImportDecp.objects.anciens().delete()
    importation = ImportDecp(
        structure=structure, auteur=auteur, nom_fichier=nom_fichier[-120:], taille_octets=len(contenu), contenu=contenu
    )
    if len(contenu) <= LECTURE_IMMEDIATE_OCTETS:
        lire_contenu(importation=importation, aujourd_hui=aujourd_hui)
        return importation
    importation.save()
    _confier_la_lecture(importation)
    return importation


def lire_contenu(
    *, importation: ImportDecp, aujourd_hui: date, avancer: Callable[[int, int], None] = lambda faits, total: None
) -> None:
    """Lit le fichier gardé : une ligne par enregistrement. Lève FichierIllisible sans rien changer."""
    lecture = lire(bytes(importation.contenu), aujourd_hui=aujourd_hui, avancer=avancer)
    importation.contenu = None
    importation.etat = EtatImport.LU
    importation.remarques = [remarque.phrase for remarque in lecture.remarques_fichier]
    with transaction.atomic():
        importation.save()
        LigneDecp.objects.bulk_create(
            (_ligne(importation, enregistrement) for enregistrement in lecture.enregistrements),
            batch_size=LIGNES_PAR_ORDRE,
        )


@transaction.atomic
def confirmer(*, importation: ImportDecp, choix: Mapping[int, Destination] | None, aujourd_hui: date) -> int:
    """Importe les lignes choisies : sur place s'il y en a peu, sinon par le worker. Rend leur nombre.

    `choix` : rang → (opération ou None, nom de celle à créer) ; None : toutes les lignes à clause qui restent, chacune dans
    une opération à son nom. Une ligne refusée peut être choisie de nouveau ; une ligne importée, ou en attente, non.
    """
    retenues = _retenir_tout(importation) if choix is None else _retenir(importation, choix)
    if 0 < retenues <= IMPORT_IMMEDIAT:
        traiter(importation=importation, aujourd_hui=aujourd_hui)
    elif retenues:
        ImportDecp.objects.filter(pk=importation.pk).update(etat=EtatImport.IMPORT, progression=0, total=retenues)
        _confier_l_import(importation)
    return retenues


def _retenir(importation: ImportDecp, choix: Mapping[int, Destination]) -> int:
    lignes = list(importation.lignes.select_for_update().filter(etat__in=ETATS_A_CHOISIR, rang__in=choix))
    for ligne in lignes:
        ligne.operation, ligne.nom_operation = choix[ligne.rang]
        ligne.etat = EtatLigne.CHOISIE
    LigneDecp.objects.bulk_update(lignes, ["operation", "nom_operation", "etat"], batch_size=LIGNES_PAR_ORDRE)
    return len(lignes)


def _retenir_tout(importation: ImportDecp) -> int:
    restantes = importation.lignes.filter(etat=EtatLigne.LUE, est_a_clause=True)
    return restantes.update(etat=EtatLigne.CHOISIE, operation=None, nom_operation="")


def reprendre(*, importation: ImportDecp) -> None:
    """Relance la lecture ou l'import qu'une panne a arrêté."""
    lecture = importation.contenu is not None
    etat = EtatImport.LECTURE if lecture else EtatImport.IMPORT
    if ImportDecp.objects.filter(pk=importation.pk, etat=EtatImport.ECHEC).update(etat=etat):
        (_confier_la_lecture if lecture else _confier_l_import)(importation)


def _confier_la_lecture(importation: ImportDecp) -> None:
    from clauses.tasks import lire_decp

    transaction.on_commit(lambda: lire_decp.delay(str(importation.pk)))


def _confier_l_import(importation: ImportDecp) -> None:
    from clauses.tasks import importer_decp

    transaction.on_commit(lambda: importer_decp.delay(str(importation.pk)))


def traiter(*, importation: ImportDecp, aujourd_hui: date) -> None:
    """Importe les lignes retenues, paquet par paquet. Interrompu ou rejoué, il reprend où il en était."""
    seance = Seance(importation.structure, importation.auteur, aujourd_hui)
    for deja in importation.lignes.filter(etat=EtatLigne.CREEE, operation=None).select_related("marche"):
        if deja.marche is not None:
            seance.retenir(Choix(MarcheLu.depuis_json(deja.donnees), nom_operation=deja.nom_operation).nom, deja.marche)
    with pghistory.context(user=str(importation.auteur_id), import_decp=str(importation.pk)):
        while _traiter_un_paquet(importation, seance):
            pass
    ImportDecp.objects.filter(pk=importation.pk).update(etat=EtatImport.LU)


@transaction.atomic
def _traiter_un_paquet(importation: ImportDecp, seance: Seance) -> bool:
    # Le verrou tient un second worker à l'écart des mêmes lignes.
    lignes = list(
        importation.lignes.select_for_update(of=("self",))
        .filter(etat=EtatLigne.CHOISIE)
        .select_related("operation")
        .order_by("rang")[:PAQUET]
    )
    if not lignes:
        return False
    choix = [Choix(MarcheLu.depuis_json(x.donnees), x.operation, x.nom_operation) for x in lignes]
    for ligne, resultat in zip(lignes, importer(choix, seance=seance), strict=True):
        _inscrire_resultat(ligne, resultat)
    LigneDecp.objects.bulk_update(lignes, ["etat", "marche", "suites"])
    restantes = importation.lignes.filter(etat=EtatLigne.CHOISIE).count()
    en_tache = ImportDecp.objects.filter(pk=importation.pk, etat=EtatImport.IMPORT)
    en_tache.update(progression=F("total") - restantes)
    return restantes > 0


def _ligne(importation: ImportDecp, enregistrement: Enregistrement) -> LigneDecp:
    marche = enregistrement.marche
    return LigneDecp(
        import_decp=importation,
        rang=enregistrement.rang,
        titre=enregistrement.titre,
        est_a_clause=marche is not None and marche.est_a_clause,
        donnees=marche and marche.vers_json(),
        remarques=[_en_json(remarque) for remarque in enregistrement.remarques],
        etat=EtatLigne.ECARTEE if marche is None else EtatLigne.LUE,
    )


def _en_json(remarque: Remarque) -> dict[str, str]:
    return {"champ": remarque.champ, "phrase": remarque.phrase, "gravite": remarque.gravite.value}


def _inscrire_resultat(ligne: LigneDecp, resultat: Resultat) -> None:
    ligne.etat = ETAT_DE_L_ISSUE[resultat.issue]
    ligne.marche = resultat.marche
    ligne.suites = list(resultat.phrases)
