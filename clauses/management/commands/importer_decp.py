"""`manage.py importer_decp FICHIER` : les marchés à clause d'un fichier DECP, avec ce qui est écarté ou douteux, ligne par ligne."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from uuid import UUID

import pghistory
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clauses.decp import LIMITES_COMMANDE, Enregistrement, FichierIllisible, Lecture, controler_taille, lire
from clauses.services.decp import ISSUES, Choix, Issue, Resultat, Seance, importer, par_paquets
from clauses.services.decp_plan import Plan, Statut, planifier
from comptes.formats import accord, enumeration, nombre, quantite
from comptes.models import Organisation, Profil, Utilisateur

PAQUET = 50
GRAVITES = {"rejet": "écarté", "ecarte": "valeur écartée", "doute": "à vérifier"}


class Command(BaseCommand):
    help = "Importe les marchés à clause sociale d'un fichier DECP (données essentielles de la commande publique)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fichier", type=Path, metavar="FICHIER", help="fichier JSON, imbriqué ou plat")
        parser.add_argument(
            "--structure", default="", help="nom ou identifiant de la structure facilitatrice, s'il y en a plusieurs"
        )
        parser.add_argument("--utilisateur", default="", help="adresse de la personne au nom de qui l'import est fait")
        parser.add_argument("--tout", action="store_true", help="importer aussi les marchés sans clause sociale")
        parser.add_argument("--essai", action="store_true", help="dire ce qui serait importé, sans rien écrire")

    def handle(self, *, fichier: Path, tout: bool, essai: bool, **options: str) -> None:
        structure = _structure(options["structure"])
        auteur = _auteur(options["utilisateur"], structure)
        lecture = _lire(fichier)
        self.stdout.write(
            f"{fichier.name}\u00a0: {quantite(len(lecture.enregistrements), 'enregistrement lu')}, pour {structure.nom}."
        )
        for remarque in lecture.remarques_fichier:
            self.stdout.write(f"  {GRAVITES[remarque.gravite]}\u00a0: {remarque.phrase}")
        retenus = [e for e in lecture.enregistrements if e.marche is not None and (tout or e.marche.est_a_clause)]
        if essai:
            issues = self._essayer(retenus, structure)
        else:
            seance = Seance(structure, auteur, timezone.localdate())
            with pghistory.context(user=str(auteur.pk) if auteur else "", commande="importer_decp"):
                issues = self._importer(retenus, seance)
        self._dire_le_reste(lecture, retenus)
        self._conclure(lecture, issues, laisses=len(lecture.marches) - len(retenus), essai=essai)

    def _importer(self, retenus: list[Enregistrement], seance: Seance) -> Counter[str]:
        issues: Counter[str] = Counter()
        for paquet in par_paquets(retenus, PAQUET):
            resultats = importer([Choix(e.marche) for e in paquet], seance=seance)
            for enregistrement, resultat in zip(paquet, resultats, strict=True):
                issues[resultat.issue] += 1
                self._dire(enregistrement, *_phrases_du_resultat(resultat))
            if len(retenus) > PAQUET:
                self.stdout.write(f"… {nombre(sum(issues.values()))} sur {nombre(len(retenus))}")
        return issues

    def _essayer(self, retenus: list[Enregistrement], structure: Organisation) -> Counter[str]:
        issues: Counter[str] = Counter()
        for paquet in par_paquets(retenus, PAQUET):
            plans, _ = planifier([e.marche for e in paquet], structure=structure)
            for enregistrement, plan in zip(paquet, plans, strict=True):
                issues[ISSUES[plan.statut]] += 1
                self._dire(enregistrement, *_phrases_du_plan(plan))
        return issues

    def _dire_le_reste(self, lecture: Lecture, retenus: list[Enregistrement]) -> None:
        deja = {e.rang for e in retenus}
        for enregistrement in lecture.enregistrements:
            if enregistrement.rang in deja:
                continue
            if enregistrement.marche is None:
                self._dire(enregistrement, "écarté.")
            else:
                self._dire(enregistrement, "sans clause sociale, laissé de côté (--tout l’importe).")

    def _dire(self, enregistrement: Enregistrement, issue: str, *phrases: str) -> None:
        self.stdout.write(f"{enregistrement.rang}. {enregistrement.titre}\u00a0: {issue}")
        for phrase in phrases:
            self.stdout.write(f"     {phrase}")
        for remarque in enregistrement.remarques:
            self.stdout.write(
                f"     {GRAVITES[remarque.gravite]}, {remarque.champ or 'enregistrement'}\u00a0: {remarque.phrase}"
            )

    def _conclure(self, lecture: Lecture, issues: Counter[str], *, laisses: int, essai: bool) -> None:
        ecartes = len(lecture.enregistrements) - len(lecture.marches)
        crees, completes, inchanges = (issues[issue] for issue in (Issue.CREE, Issue.COMPLETE, Issue.INCHANGE))
        fait = "" if essai else f" {accord(crees, 'importé')}"
        comptes = [
            (crees, f"{quantite(crees, 'marché')}{fait}"),
            (completes, f"{nombre(completes)} déjà {accord(completes, 'importé')} et {accord(completes, 'complété')}"),
            (inchanges, f"{nombre(inchanges)} déjà {accord(inchanges, 'importé')}, sans rien de nouveau"),
            (laisses, f"{nombre(laisses)} sans clause, {accord(laisses, 'laissé')} de côté"),
            (ecartes, quantite(ecartes, "écarté")),
            (issues[Issue.REFUSE], quantite(issues[Issue.REFUSE], "refusé")),
        ]
        phrase = "\u00a0; ".join(texte for rang, (n, texte) in enumerate(comptes) if n or rang == 0)
        tete = "Essai, rien n’est écrit. À importer\u00a0: " if essai else ""
        self.stdout.write(f"{tete}{phrase}.")


def _phrases_du_resultat(resultat: Resultat) -> list[str]:
    match resultat.issue:
        case Issue.REFUSE:
            tete = "refusé."
        case Issue.INCHANGE:
            tete = f"déjà dans l’opération «\u00a0{resultat.marche.operation.nom}\u00a0», rien de nouveau."
        case Issue.COMPLETE:
            tete = f"complété, dans l’opération «\u00a0{resultat.marche.operation.nom}\u00a0»."
        case _:
            tete = f"importé, dans l’opération «\u00a0{resultat.marche.operation.nom}\u00a0»."
    return [tete, *resultat.phrases]


def _phrases_du_plan(plan: Plan) -> list[str]:
    if plan.statut == Statut.RIEN_DE_NEUF:
        return [f"déjà dans l’opération «\u00a0{plan.existant.operation.nom}\u00a0», rien de nouveau.", *plan.remarques]
    inscrits = [f"organisations à inscrire\u00a0: {enumeration(plan.noms_inscrits)}."] if plan.noms_inscrits else []
    return [f"à créer\u00a0: {enumeration(plan.ajouts)}.", *inscrits, *plan.remarques]


def _lire(fichier: Path) -> Lecture:
    try:
        controler_taille(fichier.stat().st_size, LIMITES_COMMANDE)
        return lire(fichier.read_bytes(), aujourd_hui=timezone.localdate(), limites=LIMITES_COMMANDE)
    except FichierIllisible as refus:
        raise CommandError(f"{fichier.name}\u00a0: {refus}") from refus
    except OSError as erreur:
        raise CommandError(f"{fichier} ne s’ouvre pas. Vérifiez le chemin et les droits du fichier.") from erreur


def _structure(demande: str) -> Organisation:
    structures = Organisation.objects.du_profil(Profil.FACILITATEUR)
    if demande:
        structures = structures.filter(pk=demande) if _est_uuid(demande) else structures.filter(nom__iexact=demande)
    trouvees = list(structures[:2])
    if len(trouvees) == 1:
        return trouvees[0]
    if not demande:
        raise CommandError(
            "Il y a plusieurs structures facilitatrices\u00a0: précisez --structure."
            if trouvees
            else "Il n’y a pas encore de structure facilitatrice."
        )
    if trouvees:
        raise CommandError(f"Plusieurs structures s’appellent «\u00a0{demande}\u00a0»\u00a0: donnez son identifiant.")
    raise CommandError(f"Aucune structure facilitatrice ne s’appelle «\u00a0{demande}\u00a0».")


def _est_uuid(texte: str) -> bool:
    try:
        UUID(texte)
    except ValueError:
        return False
    return True


def _auteur(adresse: str, structure: Organisation) -> Utilisateur | None:
    if not adresse:
        return None
    membres = Utilisateur.objects.filter(adhesions__in=structure.adhesions.au_travail(), is_active=True)
    auteur = membres.filter(email__iexact=adresse).first()
    if auteur is None:
        raise CommandError(f"{adresse} n’est pas un compte actif de {structure.nom}.")
    return auteur
