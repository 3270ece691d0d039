"""Les organisations de la démonstration et leurs comptes : tout y est inventé."""

from typing import NamedTuple

from comptes.models import Categorie, Profil, Role

# Le même pour tous les comptes de démonstration ; « comptes_demo » l'affiche.
MOT_DE_PASSE = "une-etape-apres-l-autre"


class LigneOrganisation(NamedTuple):
    cle: str
    nom: str
    profil: Profil
    categorie: Categorie
    commune: str
    adresse: str
    telephone: str
    couleur: str = ""


class LigneCompte(NamedTuple):
    cle: str
    organisation: str
    prenom: str
    nom: str
    email: str
    role: Role = Role.MEMBRE
    est_active: bool = True


_F, _P, _A, _E = Profil.FACILITATEUR, Profil.PRESCRIPTEUR, Profil.ACHETEUR, Profil.ENTREPRISE

ORGANISATIONS = (
    LigneOrganisation(
        "confluent",
        "Maison de l’emploi du Confluent",
        _F,
        Categorie.MAISON_EMPLOI,
        "Villerive",
        "12 quai des Mariniers",
        "0465712000",
    ),
    LigneOrganisation(
        "haut_vallon", "PLIE du Haut-Vallon", _F, Categorie.PLIE, "Hautvallon", "3 place de la Halle", "0465718000"
    ),
    LigneOrganisation(
        "mission_locale",
        "Mission locale du Confluent",
        _P,
        Categorie.MISSION_LOCALE,
        "Villerive",
        "5 rue de la République",
        "0465712110",
    ),
    LigneOrganisation(
        "france_travail",
        "France Travail Villerive",
        _P,
        Categorie.FRANCE_TRAVAIL,
        "Villerive",
        "40 avenue des Tisseurs",
        "0465712230",
    ),
    LigneOrganisation(
        "service_jeunesse",
        "Ville de Villerive, service jeunesse",
        _P,
        Categorie.AUTRE_PRESCRIPTEUR,
        "Villerive",
        "1 place de l’Hôtel-de-Ville",
        "0465712340",
    ),
    LigneOrganisation(
        "habitat",
        "Habitat Confluence",
        _A,
        Categorie.BAILLEUR,
        "Villerive",
        "8 boulevard des Canuts",
        "0465713000",
        "#17466b",
    ),
    LigneOrganisation(
        "villerive",
        "Ville de Villerive",
        _A,
        Categorie.COLLECTIVITE,
        "Villerive",
        "1 place de l’Hôtel-de-Ville",
        "0465713110",
    ),
    LigneOrganisation(
        "metropole",
        "Métropole du Confluent",
        _A,
        Categorie.COLLECTIVITE,
        "Villerive",
        "20 rue du Lac",
        "0465713220",
    ),
    LigneOrganisation(
        "belvedere",
        "Promotion Belvédère",
        _A,
        Categorie.PROMOTEUR_PRIVE,
        "Montreval",
        "2 allée du Belvédère",
        "0465713330",
    ),
    LigneOrganisation(
        "lumen", "Lumen Immobilier", _A, Categorie.PROMOTEUR_PRIVE, "Port-Ambroise", "15 cours Émile-Zola", "0465713440"
    ),
    LigneOrganisation(
        "bati", "Bâti-Rhône", _E, Categorie.ENTREPRISE, "Port-Ambroise", "7 rue des Carrières", "0465714000"
    ),
    LigneOrganisation(
        "tessier", "Tessier Façades", _E, Categorie.ENTREPRISE, "Montreval", "31 route de la Plaine", "0465714110"
    ),
    LigneOrganisation("isolest", "Isol’Est", _E, Categorie.ENTREPRISE, "Montreval", "4 impasse du Four", "0465714220"),
    LigneOrganisation("volteo", "Voltéo", _E, Categorie.ENTREPRISE, "Villerive", "18 rue Ampère", "0465714330"),
    LigneOrganisation("elan", "Élan Intérim", _E, Categorie.ETTI, "Villerive", "22 rue de la Gare", "0465714440"),
    LigneOrganisation("verdance", "Verdance", _E, Categorie.EI, "Hautvallon", "Les Serres basses", "0465714550"),
    LigneOrganisation(
        "geiq", "GEIQ BTP du Confluent", _E, Categorie.GEIQ, "Villerive", "9 rue des Compagnons", "0465714660"
    ),
    LigneOrganisation(
        "regie",
        "Régie de quartier Les Terrasses",
        _E,
        Categorie.REGIE,
        "Villerive",
        "2 place des Terrasses",
        "0465714770",
    ),
)

COMPTES = (
    LigneCompte("claire", "confluent", "Claire", "Morel", "c.morel@confluent.example", Role.ADMINISTRATEUR),
    LigneCompte("samir", "confluent", "Samir", "Lahlou", "s.lahlou@confluent.example"),
    LigneCompte("elodie", "confluent", "Élodie", "Garnier", "e.garnier@confluent.example"),
    LigneCompte("nora", "haut_vallon", "Nora", "Vidal", "n.vidal@haut-vallon.example", Role.ADMINISTRATEUR),
    LigneCompte("ines", "mission_locale", "Inès", "Roche", "i.roche@missionlocale.example", Role.ADMINISTRATEUR),
    LigneCompte("damien", "france_travail", "Damien", "Fort", "d.fort@francetravail.example"),
    LigneCompte("leila", "service_jeunesse", "Leïla", "Saïdi", "l.saidi@villerive.example"),
    LigneCompte("pierre", "habitat", "Pierre", "Vasseur", "p.vasseur@habitatconfluence.example", Role.ADMINISTRATEUR),
    LigneCompte("agnes", "villerive", "Agnès", "Blanchet", "a.blanchet@villerive.example"),
    LigneCompte("yves", "metropole", "Yves", "Lambert", "y.lambert@metropole.example"),
    LigneCompte("solene", "belvedere", "Solène", "Aubry", "s.aubry@belvedere.example"),
    LigneCompte("marius", "lumen", "Marius", "Petit", "m.petit@lumen.example"),
    LigneCompte("bruno", "bati", "Bruno", "Carrel", "b.carrel@batirhone.example", Role.ADMINISTRATEUR),
    LigneCompte("odile", "tessier", "Odile", "Tessier", "o.tessier@tessier.example"),
    LigneCompte("jeanne", "elan", "Jeanne", "Rivière", "j.riviere@elan.example"),
    LigneCompte("denis", "regie", "Denis", "Kone", "d.kone@terrasses.example"),
    LigneCompte("helene", "confluent", "Hélène", "Astier", "h.astier@confluent.example", Role.COORDINATION),
    LigneCompte("marc", "confluent", "Marc", "Tellier", "m.tellier@confluent.example", est_active=False),
)

# Hélène coordonne les deux structures : elle en lit les totaux ensemble.
AUTRES_ADHESIONS = (("helene", "haut_vallon", Role.COORDINATION),)

# Un compte par profil, et la coordination : ceux que « bin/demo » propose d'essayer.
COMPTES_A_ESSAYER = (
    (Profil.FACILITATEUR.label, "claire"),
    (Profil.PRESCRIPTEUR.label, "ines"),
    (Profil.ACHETEUR.label, "pierre"),
    (Profil.ENTREPRISE.label, "bruno"),
    ("Coordination", "helene"),
)
