"""Ce que toutes les pages ont en commun : les onglets du profil, ses réglages, la recherche, le thème."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from comptes.models import Adhesion

THEMES = ("clair", "sombre")
TEMOIN_THEME = "etape_theme"

ONGLETS = {
    "facilitateur": (
        ("À faire", "reporting:accueil"),
        ("Opérations", "clauses:operation_liste"),
        ("Personnes", "beneficiaires:beneficiaire_liste"),
        ("Parcours", "parcours:parcours_liste"),
        ("Heures", "clauses:heures"),
        ("Orientations", "beneficiaires:orientation_liste"),
        ("Bilans", "reporting:bilan_liste"),
    ),
    "prescripteur": (
        ("Accueil", "reporting:accueil"),
        ("Mes orientations", "beneficiaires:mes_orientations"),
        ("Orienter une personne", "beneficiaires:orientation_nouvelle"),
        ("Comités", "parcours:comite_liste"),
        ("Services", "parcours:service_liste"),
        ("Offres ouvertes", "clauses:offre_liste"),
    ),
    "acheteur": (
        ("Mes marchés", "reporting:accueil"),
        ("Marchés à venir", "clauses:projet_liste"),
        ("Calibrer", "clauses:calibrer"),
        ("Clauses types", "clauses:clause_liste"),
        ("Bilans", "reporting:bilan_liste"),
    ),
    "entreprise": (
        ("Mes engagements", "reporting:accueil"),
        ("Salariés", "clauses:salarie_liste"),
        ("Heures", "clauses:heures"),
        ("À confirmer", "clauses:heures_a_confirmer"),
        ("Besoins et candidats", "clauses:offre_liste"),
    ),
    "coordination": (("Totaux", "reporting:totaux"),),
}
# Ce qu'une structure règle une fois pour toutes : dans le menu du compte, loin du travail de chaque jour.
REGLAGES = {
    "facilitateur": (
        ("Modèles de règle", "clauses:modele_liste"),
        ("Clauses types", "clauses:clause_liste"),
        ("Réglages des PLIE", "parcours:plie_liste"),
        ("Services d’insertion", "parcours:service_liste"),
        ("Réglages des suivis", "parcours:suivi_reglages"),
    ),
}
RECHERCHES = {
    "facilitateur": "Rechercher une personne, une opération, une entreprise",
    "prescripteur": "Rechercher une personne orientée",
    "acheteur": "Rechercher un marché, un titulaire",
    "entreprise": "Rechercher une personne, un engagement",
}


# Les pages dont l'adresse ne commence pas par celle de leur onglet.
RUBRIQUES = {
    **dict.fromkeys(
        (
            *("/partages/", "/marches/", "/lots/", "/titulaires/", "/entreprises/", "/modeles-de-regle/"),
            *("/engagements/", "/tranches/", "/commandes/", "/objectifs/", "/conventions/", "/imputations/"),
            *("/calibrer/", "/marches-a-venir/", "/clauses-types/", "/offres/"),
        ),
        "clauses:operation_liste",
    ),
    **dict.fromkeys(("/controles/", "/declarations/", "/litiges/", "/preuves/"), "clauses:heures"),
    **dict.fromkeys(("/etapes/", "/sorties/", "/suivis/"), "parcours:parcours_liste"),
    **dict.fromkeys(
        (
            *("/situations/", "/eligibilites/", "/contrats/"),
            *("/agrements/", "/suspensions/", "/prolongations/", "/renouvellements/", "/plie/"),
            *("/diagnostics/", "/freins/", "/actions/"),
        ),
        "beneficiaires:beneficiaire_liste",
    ),
}
# Celles que les autres profils ouvrent depuis un onglet à eux.
RUBRIQUES_DU_PROFIL = {
    "prescripteur": {
        **dict.fromkeys(("/orientations/", "/personnes/"), "beneficiaires:mes_orientations"),
        "/freins/": "parcours:service_liste",
    },
    "acheteur": dict.fromkeys(("/operations/", "/marches/", "/qui-a-travaille/"), "reporting:accueil"),
    "entreprise": {
        "/contrats/": "clauses:salarie_liste",
        "/litiges/": "clauses:heures_a_confirmer",
        "/marches/": "reporting:accueil",
    },
}


@dataclass(frozen=True)
class Onglet:
    """Un lien de la navigation ; `courant` vaut « page », « true » (une page de cette rubrique) ou rien."""

    libelle: str
    url: str
    courant: str = ""


def adresse(nom: str) -> str:
    """L'adresse d'une page, ou rien si cette page n'existe pas dans cette installation."""
    try:
        return reverse(nom)
    except NoReverseMatch:
        return ""


def onglets(profil: str, chemin: str) -> list[Onglet]:
    """Les onglets d'un profil ; le courant est celui dont l'adresse ouvre le plus précisément le chemin."""
    liens = [(libelle, url) for libelle, nom in ONGLETS.get(profil, ()) if (url := adresse(nom))]
    meilleur = _meilleur(liens, chemin)
    if not meilleur:
        rubriques = RUBRIQUES | RUBRIQUES_DU_PROFIL.get(profil, {})
        meilleur = next((adresse(nom) for debut, nom in rubriques.items() if chemin.startswith(debut)), "")
    etat = "page" if chemin == meilleur else "true"
    return [Onglet(libelle, url, etat if url == meilleur else "") for libelle, url in liens]


def _meilleur(liens: list[tuple[str, str]], chemin: str) -> str:
    return max(
        (url for _, url in liens if chemin == url or (url != "/" and chemin.startswith(url))), key=len, default=""
    )


def theme(request: HttpRequest) -> str:
    """Le thème choisi, « clair » ou « sombre » ; rien pour suivre le système."""
    choix = request.COOKIES.get(TEMOIN_THEME, "")
    return choix if choix in THEMES else ""


def navigation(request: HttpRequest) -> dict[str, object]:
    """Processeur de contexte, sûr aussi sur une page d'erreur : rien n'y est tenu pour acquis.

    Une colonne de tableau faite d'un gabarit le rappelle à chaque case : il n'est calculé qu'une fois par requête.
    """
    adhesion = getattr(request, "adhesion", None)
    deja = getattr(request, "_navigation", None)
    if deja is None or deja["adhesion"] is not adhesion:
        request._navigation = deja = _navigation(request, adhesion)
    return deja


def _navigation(request: HttpRequest, adhesion: Adhesion | None) -> dict[str, object]:
    profil = adhesion.profil if adhesion else ""
    return {
        "adhesion": adhesion,
        "onglets": onglets(profil, request.path),
        "reglages": [(libelle, url) for libelle, nom in REGLAGES.get(profil, ()) if (url := adresse(nom))],
        "recherche_url": adresse("reporting:recherche") if profil in RECHERCHES else "",
        "recherche_libelle": RECHERCHES.get(profil, "Rechercher"),
        "theme": theme(request),
        "theme_bootstrap": {"clair": "light", "sombre": "dark"}.get(theme(request), ""),
    }
