"""La boucle mensuelle de la démonstration : deux mois ouverts, des déclarations dans tous les états, les courriels partis ou revenus.

Tessier n'a confirmé ni l'un ni l'autre : ses relances sont parties. L'adresse d'Isol’Est est revenue.
"""

from collections import defaultdict
from datetime import date
from uuid import UUID

from beneficiaires.periodes import ajouter_mois, decaler, premier_du_mois
from clauses.declarations.attendues import a_ouvrir
from clauses.declarations.etats import DeclarationLue, lire_etats
from clauses.models import ContactEntreprise, Declaration, EnvoiDeclaration, LienDeclaration, Marche, Reouverture
from clauses.regles.declarations import (
    JOUR_PAR_DEFAUT,
    Etape,
    EtatDeclaration,
    Role,
    echeance_du_mois,
    expiration_du_lien,
    pas_dus,
)
from clauses.services.declarations import MoisDeclare
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.construire_organisations import declarant
from config.demonstration.tables.declarations import (
    ADRESSE_REVENUE,
    CONTACTS,
    MOTIF_REOUVERTURE,
    OUVERTE_TARD,
    ROUVERTE,
    SANS_REPONSE,
    VERROUILLEES,
    LigneContact,
)


def construire_declarations(atelier: Atelier) -> None:
    contacts = _contacts(atelier)
    for recul in (2, 1):
        mois = ajouter_mois(premier_du_mois(atelier.reference), -recul)
        declarations = _ouvrir(atelier, mois)
        groupes: defaultdict[MoisDeclare, list[DeclarationLue]] = defaultdict(list)
        for lue in lire_etats(declarations, atelier.reference):
            groupes[MoisDeclare.de(lue.declaration)].append(lue)
        for groupe, lues in groupes.items():
            _suivre(atelier, groupe, lues, contacts.get((groupe.structure, groupe.entreprise), {}), recul)


def _contacts(atelier: Atelier) -> dict[tuple[UUID, UUID], dict[str, ContactEntreprise]]:
    contacts: defaultdict[tuple[UUID, UUID], dict[str, ContactEntreprise]] = defaultdict(dict)
    for structure in ("confluent", "haut_vallon"):
        for ligne in CONTACTS:
            contact = _contact(atelier, structure, ligne)
            contacts[contact.structure_id, contact.entreprise_id][contact.role] = contact
    ContactEntreprise.objects.bulk_create([c for siens in contacts.values() for c in siens.values()])
    return contacts


def _contact(atelier: Atelier, structure: str, ligne: LigneContact) -> ContactEntreprise:
    est_revenue = ligne.courriel == ADRESSE_REVENUE and structure == "confluent"
    return ContactEntreprise(
        id=atelier.id("contact", structure, ligne.entreprise, ligne.role),
        structure=atelier.organisations[structure],
        entreprise=atelier.organisations[ligne.entreprise],
        role=ligne.role,
        nom=ligne.nom,
        fonction=ligne.fonction,
        courriel=ligne.courriel,
        en_echec_le=decaler(atelier.reference, -1) if est_revenue else None,
    )


def _ouvrir(atelier: Atelier, mois: date) -> list[Declaration]:
    """Ce que la nuit du 1er ouvre ; le marché d'OUVERTE_TARD, enregistré après coup, s'est ouvert avant-hier."""
    premier = ajouter_mois(mois, 1)
    tard = max(premier, decaler(atelier.reference, -2))
    marches = Marche.objects.select_related("operation").in_bulk()
    declarations = []
    for entreprise, marche in sorted(a_ouvrir(mois, premier)):
        est_tardive = premier == premier_du_mois(atelier.reference) and marches[marche].operation_id == (
            atelier.operations[OUVERTE_TARD].pk
        )
        ouverte = tard if est_tardive else premier
        declarations.append(
            Declaration(
                id=atelier.id("declaration", entreprise, marche, mois),
                entreprise_id=entreprise,
                marche=marches[marche],
                mois=mois,
                ouverte_le=ouverte,
                echeance=echeance_du_mois(mois, JOUR_PAR_DEFAUT, ouverte),
            )
        )
    return declarations


def _suivre(
    atelier: Atelier,
    mois: MoisDeclare,
    lues: list[DeclarationLue],
    contacts: dict[str, ContactEntreprise],
    recul: int,
) -> None:
    """Reçoit ce que l'entreprise a confirmé, verrouille ce qui est décidé, écrit ses liens et ses courriels."""
    cle = next(cle for cle, organisation in atelier.organisations.items() if organisation.pk == mois.entreprise)
    echeance = min(lue.declaration.echeance for lue in lues)
    reception = min(decaler(echeance, 1), atelier.reference)
    if cle in SANS_REPONSE:
        reception = None
    liens = _ecrire_aux_contacts(atelier, mois, echeance, reception, contacts)
    compte = declarant(atelier, cle)
    lien = None if compte else liens.get(Role.PREMIER)
    for lue in lues:
        declaration = lue.declaration
        est_recue = reception and declaration.echeance == echeance and declaration.echeance < atelier.reference
        if est_recue and (compte or lien):
            declaration.recue_le, declaration.recue_par, declaration.recue_lien = (
                moment(reception, 18, 40),
                compte,
                lien,
            )
            declaration.neant_le = None if lue.heures else declaration.recue_le
        declaration.save(force_insert=True)
        if recul == 2 and cle in VERROUILLEES and declaration.recue_le:
            _verrouiller(atelier, cle, declaration)
    if lien and any(lue.declaration.recue_le for lue in lues):
        LienDeclaration.objects.filter(pk=lien.pk).update(utilise_le=moment(reception, 18, 40))


def _verrouiller(atelier: Atelier, cle: str, declaration: Declaration) -> None:
    """Verrouille un mois dont toutes les heures sont validées ; celui de ROUVERTE a été rouvert depuis, avec sa raison."""
    if lire_etats([declaration], atelier.reference)[0].etat != EtatDeclaration.VALIDEE:
        return
    par, jour = atelier.membre("confluent", 0), decaler(atelier.reference, -1)
    if declaration.marche.operation_id == atelier.operations[ROUVERTE].pk:
        declaration.est_a_reprendre = True
        Reouverture.objects.create(
            id=atelier.id("reouverture", declaration.pk),
            declaration=declaration,
            le=moment(jour, 11, 20),
            par=par,
            motif=MOTIF_REOUVERTURE,
        )
    else:
        declaration.verrouillee_le, declaration.verrouillee_par = moment(jour, 10, 5), par
    declaration.save()


def _ecrire_aux_contacts(
    atelier: Atelier,
    mois: MoisDeclare,
    echeance: date,
    reception: date | None,
    contacts: dict[str, ContactEntreprise],
) -> dict[str, LienDeclaration]:
    """Les courriels que la boucle a fait partir, du jour d'ouverture à la réception, tels que les règles les disent."""
    partis: dict[tuple[Etape, int, str], date] = {}
    ouverture = ajouter_mois(mois.mois, 1)
    for ecart in range((min(reception or atelier.reference, atelier.reference) - ouverture).days + 1):
        jour = decaler(ouverture, ecart)
        for pas in pas_dus(echeance, jour):
            if pas.role in contacts:
                partis.setdefault((pas.etape, pas.numero, pas.role), jour)
    liens: dict[str, LienDeclaration] = {}
    for (_, _, role), jour in partis.items():
        lien = liens.setdefault(
            role,
            LienDeclaration(
                id=atelier.id("lien", contacts[role].pk, mois.mois),
                structure_id=mois.structure,
                entreprise_id=mois.entreprise,
                mois=mois.mois,
                contact=contacts[role],
            ),
        )
        lien.expire_le = expiration_du_lien(jour)
    LienDeclaration.objects.bulk_create(liens.values())
    for lien in liens.values():
        LienDeclaration.objects.filter(pk=lien.pk).update(cree_le=moment(ouverture, 6, 30))
    EnvoiDeclaration.objects.bulk_create(
        [
            EnvoiDeclaration(
                id=atelier.id("envoi", contacts[role].pk, mois.mois, etape, numero),
                structure_id=mois.structure,
                entreprise_id=mois.entreprise,
                mois=mois.mois,
                etape=etape,
                numero=numero,
                courriel=contacts[role].courriel,
                contact=contacts[role],
                lien=liens[role],
                prevu_le=jour,
                envoye_le=moment(jour, 6, 31),
                tentatives=1,
                revenu_le=contacts[role].en_echec_le if jour >= ajouter_mois(atelier.reference, -1) else None,
            )
            for (etape, numero, role), jour in partis.items()
        ]
    )
    return liens
