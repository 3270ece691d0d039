"""Qui, dans chaque entreprise, reçoit les liens de déclaration ; et ce que deviennent les mois de la démonstration."""

from typing import NamedTuple

from clauses.models import RoleContact

_PREMIER, _SECOND, _DIRECTION = RoleContact.PREMIER, RoleContact.SECOND, RoleContact.DIRECTION


class LigneContact(NamedTuple):
    entreprise: str
    role: RoleContact
    nom: str
    fonction: str
    courriel: str


CONTACTS = (
    LigneContact("bati", _PREMIER, "Odile Vernay", "Assistante paie", "paie@bati-rhone.example"),
    LigneContact("bati", _SECOND, "Paul Lenoir", "Conducteur de travaux", "chantiers@bati-rhone.example"),
    LigneContact("tessier", _PREMIER, "Nadège Corbin", "Secrétaire", "bureau@tessier.example"),
    LigneContact("tessier", _SECOND, "Hugo Tessier", "Chef d’équipe", "equipe@tessier.example"),
    LigneContact("tessier", _DIRECTION, "Brigitte Tessier", "Gérante", "direction@tessier.example"),
    LigneContact("isolest", _PREMIER, "Sonia Ferrand", "Comptable", "compta@isolest.example"),
    LigneContact("volteo", _PREMIER, "Marius Adam", "Responsable d’agence", "agence@volteo.example"),
    LigneContact("elan", _PREMIER, "Inès Prat", "Chargée de clientèle", "paie@elan-interim.example"),
    LigneContact("verdance", _PREMIER, "Cyril Jourdan", "Encadrant technique", "encadrement@verdance.example"),
    LigneContact("regie", _PREMIER, "Myriam Colas", "Gestionnaire", "gestion@regie-terrasses.example"),
    LigneContact("geiq", _PREMIER, "Denis Faure", "Coordinateur", "coordination@geiq-btp.example"),
)
# Rien de confirmé depuis deux mois : les relances sont parties. Le dernier courriel à cette adresse est revenu.
SANS_REPONSE = frozenset({"tessier"})
ADRESSE_REVENUE = "compta@isolest.example"
# Le marché qu'un contrat enregistré avant-hier vient d'ouvrir ; les entreprises dont l'avant-dernier mois est verrouillé, sauf un rouvert.
OUVERTE_TARD = "jean_mace"
VERROUILLEES = frozenset({"regie"})
ROUVERTE = "espaces_verts"
MOTIF_REOUVERTURE = "Un bulletin de paie rectifié est arrivé après le verrou."
