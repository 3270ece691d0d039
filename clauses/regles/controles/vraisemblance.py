"""Ce qui se voit d'un mois à l'autre : répétitions, nombres ronds, silences, retards, engagement déjà tenu."""

from decimal import Decimal
from typing import Final

from beneficiaires.periodes import Periode, ajouter_mois, mois_de
from clauses.regles.controles.calendrier import SEMAINES_PAR_MOIS
from clauses.regles.controles.controle import MARCHE, USAGE, Controle
from clauses.regles.controles.faits import Faits
from clauses.regles.controles.niveaux import SANS_BLOCAGE, Niveau
from comptes.formats import de, heures, mois_annee, quantite

MOIS_IDENTIQUES: Final = 3
MOIS_RONDS: Final = 4
MULTIPLE_ROND: Final = Decimal(10)
MOIS_DE_SILENCE: Final = 2
RETARD_JOURS: Final = 60


def mois_identiques(faits: Faits) -> str | None:
    """Trois mois de suite ou plus avec le même nombre d'heures sur une ligne ; rend la phrase, ou None."""
    if not faits.heures:
        return None
    suite = 1
    for sens in (-1, 1):
        recul = sens
        while faits.du_mois(ajouter_mois(faits.mois, recul)) == faits.heures:
            suite, recul = suite + 1, recul + sens
    if suite < MOIS_IDENTIQUES:
        return None
    return (
        f"{faits.quoi}\u00a0: c’est le même nombre {suite}\u00a0mois de suite. "
        "Vérifiez que ce sont les heures faites, et non un forfait recopié."
    )


def nombres_ronds(faits: Faits) -> str | None:
    """Quatre mois de suite de dizaines d'heures rondes et qui changent ; rend la phrase, ou None."""
    declarees = [faits.du_mois(ajouter_mois(faits.mois, -recul)) for recul in range(1, MOIS_RONDS)]
    mois = [faits.heures, *(h for h in declarees if h is not None)]
    if len(mois) < MOIS_RONDS or not all(h and h % MULTIPLE_ROND == 0 for h in mois) or len(set(mois)) == 1:
        return None
    return (
        f"{faits.quoi}\u00a0: {MOIS_RONDS}\u00a0mois de suite tombent sur une dizaine ronde. "
        "Vérifiez que le relevé n’est pas une estimation."
    )


def silence_puis_gros_mois(faits: Faits) -> str | None:
    """Deux mois de contrat sans rien, puis un mois complet ou plus sur la ligne ; rend la phrase, ou None."""
    premier = ajouter_mois(faits.mois, -MOIS_DE_SILENCE)
    muets = [ajouter_mois(faits.mois, -recul) for recul in range(1, MOIS_DE_SILENCE + 1)]
    if not faits.contrat.periode.contient_periode(Periode(premier, mois_de(muets[0]).fin)):
        return None
    if any(faits.du_mois(mois) is not None for mois in muets):
        return None
    complet = faits.contrat.heures_hebdo * SEMAINES_PAR_MOIS
    if faits.est_formation or faits.heures < complet.quantize(Decimal(1)):
        return None
    return (
        f"{faits.quoi}, un mois complet, alors que rien n’est déclaré depuis {mois_annee(premier)}\u00a0: "
        "vérifiez que plusieurs mois ne sont pas réunis en un."
    )


def declaration_tardive(faits: Faits) -> str | None:
    """Une déclaration faite plus de soixante jours après la fin du mois ; rend la phrase, ou None."""
    retard = (faits.saisi_le - (mois_de(faits.mois).fin or faits.fin)).days
    if retard <= RETARD_JOURS:
        return None
    return (
        f"{faits.quoi}\u00a0: déclaré {quantite(retard, 'jour')} après la fin du mois, {RETARD_JOURS} au plus d’ordinaire. "
        "Vérifiez le relevé avec l’entreprise."
    )


def engagement_tenu(faits: Faits) -> str | None:
    """Un engagement dont les heures dues sont déjà toutes validées ; rend la phrase, ou None."""
    engagement = faits.engagement
    if not faits.heures or not engagement.dues or engagement.validees < engagement.dues:
        return None
    return (
        f"{faits.quoi}\u00a0: les {heures(engagement.dues)} dues par {engagement.entreprise} sont déjà validées. "
        "Rien n’empêche d’en déclarer plus."
    )


def saisi_pour_une_entreprise_muette(faits: Faits) -> str | None:
    """Le facilitateur saisit pour une entreprise qui a un compte et ne déclare rien depuis trois mois ; rend la phrase, ou None."""
    engagement = faits.engagement
    if faits.source != "facilitateur" or not engagement.a_un_compte or engagement.a_declare:
        return None
    return (
        f"{faits.quoi}\u00a0: vous les saisissez à la place {de(engagement.entreprise)}, qui a un compte et n’a rien déclaré ici "
        "depuis trois mois. Un rappel l’aiderait peut-être."
    )


CONTROLES = (
    Controle(
        "mois_identiques",
        "Mêmes heures plusieurs mois de suite",
        "deux mois identiques de suite",
        USAGE,
        mois_identiques,
        Niveau.INFORMATION,
        SANS_BLOCAGE,
    ),
    Controle(
        "nombres_ronds",
        "Nombres ronds",
        "trois mois de suite sur une dizaine d’heures",
        USAGE,
        nombres_ronds,
        Niveau.INFORMATION,
        SANS_BLOCAGE,
    ),
    Controle(
        "silence_puis_gros_mois",
        "Deux mois sans rien, puis un mois complet",
        "deux mois sans déclaration",
        USAGE,
        silence_puis_gros_mois,
        niveaux=SANS_BLOCAGE,
    ),
    Controle(
        "declaration_tardive",
        "Déclaration très tardive",
        "60 jours après la fin du mois",
        MARCHE,
        declaration_tardive,
        Niveau.INFORMATION,
    ),
    Controle(
        "engagement_tenu",
        "Engagement déjà tenu",
        "les heures dues",
        MARCHE,
        engagement_tenu,
        Niveau.INFORMATION,
    ),
    Controle(
        "saisi_pour_une_entreprise_muette",
        "Saisi pour une entreprise qui ne déclare pas",
        "une déclaration de l’entreprise en trois mois",
        USAGE,
        saisi_pour_une_entreprise_muette,
        Niveau.INFORMATION,
        SANS_BLOCAGE,
        reserve=True,
    ),
)
