"""Le bilan de clause d'un marché : ce qu'il dit, et sa fabrication en PDF. Aucun nom de personne n'y entre."""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from clauses.avancement import (
    Avancement,
    LigneAvancement,
    avancements_des_engagements,
    totaliser,
)
from clauses.concordance import concordance
from clauses.explications import Rectifie, ecarts_des_lignes, heures_cedees, heures_recues, rectifies
from clauses.heures_dues import montant_courant, parametres_penalites
from clauses.models import Avenant, Engagement, Marche, NatureObjectif, Rectificatif, RegleClause, SousObjectif
from clauses.objectifs import objectifs_en_heures
from clauses.publics import HeuresDUnObjectif, heures_des_objectifs
from clauses.regles import NOTE_MASQUE, SEUIL_MASQUE, CodeRythme, PenaliteProposee, proposer_penalite
from clauses.services.fins import fin_de
from clauses.services.rectificatifs import figer
from comptes.formats import date_longue, en_lettres, heures, pourcent, quantite
from comptes.models import Organisation, Utilisateur
from comptes.regles import Refus
from reporting import fiches
from reporting.couleurs import couleur_lisible
from reporting.indicateurs import ComptesDuPublic, comptes_du_public
from reporting.models import Bilan, EtatBilan
from reporting.pdf import Avancer, fabriquer, qr_svg

journal = logging.getLogger(__name__)
# Sans 0, O, 1, I, L : un code se recopie à la main depuis le papier.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GABARIT = "reporting/bilans/pdf.html"
DELAI_DE_FABRICATION = timedelta(minutes=10)


def demander_bilan(
    *, marche: Marche, utilisateur: Utilisateur | None, arrete_au: date, aujourd_hui: date
) -> Bilan | Refus:
    """Enregistre la demande ; la fabrication part au worker une fois la transaction finie.

    Refuse une date à venir et un marché sans engagement : il n'y aurait rien à dire.
    """
    if refus := controler_demande(marche, arrete_au, aujourd_hui):
        return refus
    with transaction.atomic():
        return _bilan_en_preparation(marche, utilisateur, arrete_au) or _creer(marche, utilisateur, arrete_au)


def _bilan_en_preparation(marche: Marche, utilisateur: Utilisateur | None, arrete_au: date) -> Bilan | None:
    """Le même bilan déjà demandé et pas encore prêt : un double envoi n'en fabrique pas deux.

    Au-delà de dix minutes, la demande est tenue pour perdue et n'empêche pas la suivante.
    """
    Marche.objects.select_for_update(of=("self",)).get(pk=marche.pk)
    return Bilan.objects.filter(
        marche=marche,
        demande_par=utilisateur,
        arrete_au=arrete_au,
        etat__in=(EtatBilan.EN_ATTENTE, EtatBilan.EN_COURS),
        cree_le__gt=timezone.now() - DELAI_DE_FABRICATION,
    ).first()


def _creer(marche: Marche, utilisateur: Utilisateur | None, arrete_au: date) -> Bilan:
    bilan = Bilan(marche=marche, arrete_au=arrete_au, demande_par=utilisateur, code_verification=nouveau_code())
    bilan.full_clean(exclude=["fichier", "donnees"])
    bilan.save()
    from reporting.tasks import produire_bilan

    transaction.on_commit(lambda: produire_bilan.delay(str(bilan.pk)))
    return bilan


def controler_demande(marche: Marche, arrete_au: date, aujourd_hui: date) -> Refus | None:
    """La date d'arrêté est passée, et le marché doit des heures."""
    if arrete_au > aujourd_hui:
        return Refus(f"Le {date_longue(arrete_au)} est à venir. Choisissez une date passée.", "date_future")
    if not Engagement.objects.filter(titulaire__lot__marche=marche).exists():
        return Refus(
            f"Le marché {marche.reference} n’a pas encore d’engagement en heures. Ajoutez un titulaire et ses heures.",
            "sans_engagement",
        )
    return None


def nouveau_code() -> str:
    """Huit signes lisibles, comme « 7F3K-92QD »."""
    signes = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{signes[:4]}-{signes[4:]}"


def produire(bilan: Bilan, avancer: Avancer = lambda pour_cent, etape: None) -> None:
    """Fabrique le PDF et fige les chiffres imprimés. Recommencer un bilan prêt ne change rien."""
    if bilan.etat == EtatBilan.PRET:
        return
    avancer(10, "Lecture des heures")
    contexte = contexte_du_bilan(bilan)
    avancer(50, "Mise en page")
    octets, pages = fabriquer(GABARIT, contexte)
    avancer(90, "Enregistrement")
    bilan.donnees = chiffres_imprimes(contexte)
    bilan.pages, bilan.taille_octets = pages, len(octets)
    bilan.etat, bilan.progression, bilan.etape, bilan.pret_le = EtatBilan.PRET, 100, "", timezone.now()
    bilan.fichier.save(nom_de_fichier(bilan), ContentFile(octets), save=False)
    with transaction.atomic():
        bilan.save()
        figer(marche=bilan.marche, au=bilan.arrete_au)


def nom_de_fichier(bilan: Bilan) -> str:
    """« bilan-2026-t0001-2026-10-31.pdf »."""
    return f"bilan-{slugify(bilan.marche.reference) or 'marche'}-{bilan.arrete_au:%Y-%m-%d}.pdf"


def contexte_du_bilan(bilan: Bilan) -> dict[str, object]:
    """Tout ce que le gabarit écrit, déjà calculé par les règles et déjà masqué."""
    marche, arrete_au = bilan.marche, bilan.arrete_au
    engagements = Engagement.objects.filter(titulaire__lot__marche=marche)
    lignes = avancements_des_engagements(engagements, jour=arrete_au)
    total = totaliser(lignes, jour=arrete_au)
    avenants = list(
        Avenant.objects.filter(marche=marche, date_notification__lte=arrete_au)
        .select_related("engagement__titulaire__lot")
        .order_by("date_notification", "numero")
    )
    public = comptes_du_public(engagements, arrete_au=arrete_au, lu_par_les_structures=True)
    fins = [p.fin for ligne in lignes if (p := ligne.lot.periode) and p.fin]
    est_final = bool(fins) and arrete_au >= max(fins)
    structure = marche.operation.structure
    regle = marche.regles.filter(est_courante=True).first()
    precedent = bilan_precedent(bilan)
    objectifs = objectifs_du_bilan(marche, arrete_au)
    est_deja_objectif = any(o.objectif.nature == NatureObjectif.QPV and o.objectif.lot is None for o in objectifs)
    return {
        "bilan": bilan,
        "marche": marche,
        "operation": marche.operation,
        "structure": structure,
        "regle": regle,
        "penalite": penalite_du_bilan(total, regle) if est_final else None,
        "arrete_au": arrete_au,
        "produit_le": timezone.now(),
        "type_bilan": "Bilan final" if est_final else "Bilan intermédiaire",
        "lignes": lignes,
        "total": total,
        "phrase_resultat": phrase_resultat(total),
        "suite_resultat": suite_resultat(total, arrete_au),
        "titre_rythme": titre_rythme(lignes),
        "titre_public": titre_public(public),
        "avenants": avenants,
        "etapes_de_la_fin": fin_de(marche, avenants).etapes,
        "ecarts": ecarts_des_lignes(lignes, arrete_au=arrete_au),
        "recues": heures_recues(engagements, arrete_au=arrete_au),
        "cedees": heures_cedees(engagements, arrete_au=arrete_au),
        "objectifs": objectifs,
        "precedent": precedent,
        "rectifies": rectificatifs_depuis(precedent),
        "courbe": fiches.courbe(engagements, lignes, total, avenants, arrete_au=arrete_au, hauteur=268),
        "public": public,
        "note_masque": NOTE_MASQUE,
        # Un objectif du marché pour les habitants des QPV est déjà ce compteur.
        "heures_qpv_visees": None if est_deja_objectif else marche.operation.heures_qpv_visees,
        "adresse_verification": settings.ADRESSE_PUBLIQUE.removeprefix("https://").removeprefix("http://"),
        "qr": qr_svg(adresse_de_verification(bilan), f"Adresse de vérification du bilan {bilan.code_verification}"),
        "couleur": couleur_de(marche.acheteur),
        "concordance": concordance(engagements, arrete_au=arrete_au),
        "jauge": {"validees": _largeur(total.validees, total), "attente": _largeur(total.en_attente, total)},
        "attendu_x": None if total.attendues is None else _largeur(total.attendues, total),
    }


def bilan_precedent(bilan: Bilan) -> Bilan | None:
    """Le dernier bilan publié de ce marché avant celui-ci."""
    publies = Bilan.objects.filter(marche=bilan.marche, etat=EtatBilan.PRET, pret_le__isnull=False)
    return publies.exclude(pk=bilan.pk).order_by("-pret_le").first()


def rectificatifs_depuis(precedent: Bilan | None) -> list[Rectifie]:
    """Ce qui a changé, depuis ce bilan, dans les mois qu'il avait publiés."""
    if precedent is None:
        return []
    return rectifies(
        Rectificatif.objects.filter(
            marche=precedent.marche, cree_le__gt=precedent.pret_le, mois__lte=precedent.arrete_au
        )
    )


@dataclass(frozen=True)
class ObjectifImprime:
    """Un objectif particulier : ses heures visées, et celles qui sont faites ; None quand elles sont masquées."""

    objectif: SousObjectif
    visees: Decimal
    faites: Decimal | None


def objectifs_du_bilan(marche: Marche, arrete_au: date, *, entiers: bool = False) -> list[ObjectifImprime]:
    """Les objectifs particuliers du marché, chacun avec ses heures comptées.

    Des heures qui parlent de trop peu de personnes sont masquées, et celles dont le complément se déduirait du total, sauf pour qui
    lit leurs dossiers (`entiers`).
    """
    faites = heures_des_objectifs(marche, arrete_au=arrete_au)

    def a_montrer(f: HeuresDUnObjectif) -> Decimal | None:
        parle_de_peu = any(0 < nombre < SEUIL_MASQUE for nombre in (f.personnes, f.autres))
        return None if parle_de_peu and not entiers else f.heures

    return [
        ObjectifImprime(o.objectif, o.visees, a_montrer(faites[o.objectif.pk])) for o in objectifs_en_heures(marche)
    ]


def penalite_du_bilan(total: Avancement, regle: RegleClause | None) -> PenaliteProposee | None:
    """La pénalité que prévoit le marché, à la fin de l'exécution seulement : une proposition, jamais une somme due.

    Elle porte sur ce qui manque à chaque titulaire : le surplus d'un lot n'y change rien, sauf là où le marché le reporte.
    """
    parametres = parametres_penalites(regle)
    if regle is None or not parametres.est_prevue_pour_les_heures or not total.restantes:
        return None
    avenants = regle.marche.avenants.filter(date_notification__lte=total.a_la_date)
    return proposer_penalite(
        parametres=parametres,
        heures_dues=total.dues,
        heures_validees=total.dues - total.restantes,
        montant_marche_euros=montant_courant(regle.marche, avenants.order_by("date_notification", "numero")),
        annee=total.a_la_date.year,
    )


LARGEUR_JAUGE = Decimal(174)


def _largeur(valeur: Decimal, total: Avancement) -> str:
    """Une longueur de la jauge de couverture, en unités de sa viewBox."""
    if not total.dues:
        return "0"
    return f"{min(valeur / total.dues, Decimal(1)) * LARGEUR_JAUGE:.2f}"


def couleur_de(acheteur: Organisation) -> str:
    """La couleur de l'acheteur si le blanc s'y lit (contraste d'au moins 4,5), sinon rien : la nôtre."""
    return acheteur.couleur if couleur_lisible(acheteur.couleur) else ""


def adresse_de_verification(bilan: Bilan) -> str:
    return settings.ADRESSE_PUBLIQUE + reverse("reporting:verifier", args=[bilan.code_verification])


def phrase_resultat(total: Avancement) -> str:
    """La phrase de la couverture."""
    debut = f"{heures(total.validees)} d’insertion validées sur {heures(total.dues)} dues"
    return f"{debut}, soit {pourcent(total.pourcentage)}." if total.pourcentage is not None else f"{debut}."


def suite_resultat(total: Avancement, arrete_au: date) -> str:
    """Ce qui était attendu, ce qui manque, ce qui reste à vérifier."""
    if total.attendues is None:
        return "Des dates d’exécution manquent au dossier pour dire ce qui était attendu."
    morceaux = [f"Au {date_longue(arrete_au)}, {heures(total.attendues, 0)} étaient attendues."]
    if total.manque_au_jour:
        morceaux.append(f"Il en manque {heures(total.manque_au_jour, 0)}.")
    if total.en_attente:
        morceaux.append(f"{heures(total.en_attente)} sont déclarées et en cours de vérification.")
    if total.contestees:
        morceaux.append(f"{heures(total.contestees)} sont contestées et comptées à part.")
    return " ".join(morceaux)


def titre_rythme(lignes: Sequence[LigneAvancement]) -> str:
    """Un titre qui conclut sur les lignes du tableau : « Deux engagements sur six sont en retard »."""
    engages = [ligne for ligne in lignes if ligne.avancement.dues]
    retard = sum(ligne.avancement.rythme.code == CodeRythme.RETARD for ligne in engages)
    if not engages:
        return "Aucune heure n’est due sur ce marché"
    if len(engages) == 1:
        return "Le titulaire est en retard" if retard else "Le titulaire n’est pas en retard"
    if not retard:
        return f"Aucun des {en_lettres(len(engages))} engagements n’est en retard"
    verbe, mot = ("est", "engagement") if retard == 1 else ("sont", "engagements")
    return f"{en_lettres(retard).capitalize()} {mot} sur {en_lettres(len(engages))} {verbe} en retard"


def titre_public(public: ComptesDuPublic) -> str:
    if not public.a_personne:
        return "Aucune personne n’a encore d’heure validée"
    if public.se_retranche:
        return "Plusieurs structures suivent les personnes\u00a0: leur nombre est masqué"
    if public.personnes is None:
        return "Moins de cinq personnes ont travaillé"
    verbe = "a" if public.personnes == 1 else "ont"
    return f"{quantite(public.personnes, 'personne')} {verbe} travaillé"


def _penalite_imprimee(penalite: PenaliteProposee | None) -> str | None:
    """Le montant proposé ; None quand rien n'est prévu, ou qu'une donnée manque pour le calculer."""
    return None if penalite is None or penalite.a_completer else str(penalite.montant_euros)


def chiffres_imprimes(contexte: dict[str, object]) -> dict[str, object]:
    """Les nombres du document, gardés tels qu'imprimés : la page de vérification les montre, rien ne les recalcule."""
    total: Avancement = contexte["total"]
    public: ComptesDuPublic = contexte["public"]
    return {
        "reference": contexte["marche"].reference,
        "operation": contexte["operation"].nom,
        "acheteur": contexte["marche"].acheteur.nom,
        "structure": contexte["structure"].nom,
        "dues": str(total.dues),
        "validees": str(total.validees),
        "validees_declarees": str(total.validees_declarees),
        "en_attente": str(total.en_attente),
        "attendues": None if total.attendues is None else str(total.attendues),
        "personnes": public.personnes,
        "penalite_euros": _penalite_imprimee(contexte["penalite"]),
        "penalite_phrase": contexte["penalite"].phrase if contexte["penalite"] else "",
        "lignes": [
            {
                "lot": ligne.lot.numero,
                "titulaire": ligne.titulaire.entreprise.nom,
                "dues": str(ligne.avancement.dues),
                "validees": str(ligne.avancement.validees),
            }
            for ligne in contexte["lignes"]
        ],
    }
