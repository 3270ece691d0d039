"""Les courriels de la boucle mensuelle : une ligne par courriel (`preparer`), puis chacun pour lui-même (`envoyer`), une seule fois.

Ce qui est tué en route se reprend, ce qui est parti ne repart pas. Aucun courriel ne nomme une personne placée.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from beneficiaires.periodes import ajouter_mois, decaler, premier_du_mois
from clauses.models import ContactEntreprise, Declaration, EnvoiDeclaration, EtapeEnvoi, RoleContact
from clauses.regles.declarations import Role, pas_dus, role_a_joindre
from clauses.services.declarations import MoisDeclare
from clauses.services.liens import adresse_du_lien, liens_pour
from comptes.models import Adhesion, Organisation
from comptes.models import Role as RoleAdhesion
from comptes.regles import Refus

# Un mois plus ancien ne se relance plus ; un courriel en échec se réessaie une semaine.
MOIS_RELANCES, JOURS_DE_REPRISE = 6, 7


@dataclass(slots=True)
class _Attente:
    """Un mois dont au moins un marché n'est pas reçu, l'échéance la plus proche de ceux-là, et qui joindre."""

    mois: MoisDeclare
    echeance: date
    contacts: dict[str, ContactEntreprise] = field(default_factory=dict)

    @property
    def joignables(self) -> set[Role]:
        return {Role(role) for role, contact in self.contacts.items() if contact.en_echec_le is None}


def preparer(jour: date) -> list[EnvoiDeclaration]:
    """Écrit la ligne de chaque courriel dû ce jour ; rend celles qui restent à envoyer, celles des jours d'avant comprises.

    Le nombre de requêtes ne dépend pas du nombre d'entreprises. Relancé, rien ne s'écrit deux fois.
    """
    attentes = _lire_les_attentes(jour)
    facilitateurs = adresses_des_organisations({attente.mois.structure for attente in attentes})
    envois = [envoi for attente in attentes for envoi in _envois_dus(attente, facilitateurs, jour)]
    deja = set(EnvoiDeclaration.objects.filter(mois__in={e.mois for e in envois}).values_list(*_CLE))
    nouveaux = list({cle: envoi for envoi in envois if (cle := _cle(envoi)) not in deja}.values())
    _donner_les_liens(nouveaux, jour)
    EnvoiDeclaration.objects.bulk_create(nouveaux, ignore_conflicts=True)
    return list(
        EnvoiDeclaration.objects.filter(
            envoye_le__isnull=True, prevu_le__range=(decaler(jour, -JOURS_DE_REPRISE), jour)
        )
    )


_CLE = ("structure", "entreprise", "mois", "etape", "numero", "courriel")


def _cle(envoi: EnvoiDeclaration) -> tuple[object, ...]:
    return envoi.structure_id, envoi.entreprise_id, envoi.mois, str(envoi.etape), envoi.numero, envoi.courriel


def _lire_les_attentes(jour: date) -> list[_Attente]:
    depuis = ajouter_mois(premier_du_mois(jour), -MOIS_RELANCES)
    attentes: dict[MoisDeclare, _Attente] = {}
    en_attente = Declaration.objects.filter(recue_le__isnull=True, mois__gte=depuis)
    for declaration in en_attente.select_related("marche__operation", "entreprise").order_by("mois", "pk"):
        mois = MoisDeclare.de(declaration)
        attente = attentes.setdefault(mois, _Attente(mois, declaration.echeance))
        attente.echeance = min(attente.echeance, declaration.echeance)
    contacts = _contacts(attentes)
    for mois, attente in attentes.items():
        attente.contacts = contacts[mois.structure, mois.entreprise]
    return list(attentes.values())


def _contacts(mois: Iterable[MoisDeclare]) -> Mapping[tuple[UUID, UUID], dict[str, ContactEntreprise]]:
    """Les contacts de ces entreprises. À défaut d'un premier contact, l'adresse de l'entreprise à l'annuaire en devient un."""
    paires = {(m.structure, m.entreprise) for m in mois}
    lus: defaultdict[tuple[UUID, UUID], dict[str, ContactEntreprise]] = defaultdict(dict)
    visibles = ContactEntreprise.objects.filter(
        structure__in={s for s, _ in paires}, entreprise__in={e for _, e in paires}
    )
    for contact in visibles:
        lus[contact.structure_id, contact.entreprise_id][contact.role] = contact
    sans = {(s, e) for s, e in paires if RoleContact.PREMIER not in lus[s, e]}
    if sans:
        annuaire = Organisation.objects.filter(pk__in={e for _, e in sans}).exclude(courriel="").in_bulk()
        nouveaux = [
            ContactEntreprise(
                structure_id=s,
                entreprise_id=e,
                role=RoleContact.PREMIER,
                nom=annuaire[e].nom,
                courriel=annuaire[e].courriel,
            )
            for s, e in sorted(sans)
            if e in annuaire
        ]
        ContactEntreprise.objects.bulk_create(nouveaux, ignore_conflicts=True)
        for contact in visibles.filter(role=RoleContact.PREMIER):
            lus[contact.structure_id, contact.entreprise_id][contact.role] = contact
    return lus


def adresses_des_organisations(organisations: Collection[UUID]) -> dict[UUID, list[str]]:
    """Où écrire à chaque organisation : son adresse, sinon ses administrateurs, sinon ses membres ; jamais qui la coordonne."""
    adresses = {
        pk: [courriel]
        for pk, courriel in Organisation.objects.filter(pk__in=organisations).values_list("pk", "courriel")
        if courriel
    }
    membres: defaultdict[UUID, list[tuple[str, str]]] = defaultdict(list)
    actives = Adhesion.objects.au_travail().filter(organisation__in=organisations, utilisateur__is_active=True)
    for structure, role, courriel in actives.order_by("utilisateur__email").values_list(
        "organisation", "role", "utilisateur__email"
    ):
        membres[structure].append((role, courriel))
    for structure, siens in membres.items():
        administrateurs = [courriel for role, courriel in siens if role == RoleAdhesion.ADMINISTRATEUR]
        adresses.setdefault(structure, administrateurs or [courriel for _, courriel in siens])
    return adresses


def _envois_dus(attente: _Attente, facilitateurs: Mapping[UUID, list[str]], jour: date) -> Iterable[EnvoiDeclaration]:
    for pas in pas_dus(attente.echeance, jour):
        if pas.role == Role.FACILITATEUR:
            for courriel in facilitateurs.get(attente.mois.structure, ()):
                yield _envoi(attente.mois, pas.etape, pas.numero, jour, courriel=courriel)
        elif role := role_a_joindre(pas.role, attente.joignables):
            contact = attente.contacts[role]
            yield _envoi(attente.mois, pas.etape, pas.numero, jour, courriel=contact.courriel, contact=contact)


def _envoi(mois: MoisDeclare, etape: str, numero: int, jour: date, **champs: object) -> EnvoiDeclaration:
    return EnvoiDeclaration(
        structure_id=mois.structure,
        entreprise_id=mois.entreprise,
        mois=mois.mois,
        etape=EtapeEnvoi(etape),
        numero=numero,
        prevu_le=jour,
        **champs,
    )


def _donner_les_liens(envois: Collection[EnvoiDeclaration], jour: date) -> None:
    par_mois: defaultdict[date, dict[UUID, ContactEntreprise]] = defaultdict(dict)
    for envoi in envois:
        if envoi.contact is not None:
            par_mois[envoi.mois][envoi.contact_id] = envoi.contact
    for mois, contacts in par_mois.items():
        liens = liens_pour(list(contacts.values()), mois, jour)
        for envoi in envois:
            if envoi.mois == mois and envoi.contact_id:
                envoi.lien = liens[envoi.contact_id]


@transaction.atomic
def renvoyer_le_lien(*, mois: MoisDeclare, jour: date) -> EnvoiDeclaration | Refus:
    """Prépare, à la demande, le courriel du lien : le premier contact, ou le second s'il ne répond plus. Un lien utilisé est remplacé."""
    contacts = _contacts([mois])[mois.structure, mois.entreprise]
    attente = _Attente(mois, jour, contacts)
    role = role_a_joindre(Role.PREMIER, attente.joignables)
    if role is None:
        return Refus(
            "Aucun contact joignable\u00a0: écrivez d’abord l’adresse d’un contact de l’entreprise.", "sans_contact"
        )
    envoi = _envoi(mois, EtapeEnvoi.DEMANDE, 0, jour, courriel=contacts[role].courriel, contact=contacts[role])
    _donner_les_liens([envoi], jour)
    envoi.save()
    return envoi


# Un courriel -----------------------------------------------------------------------------------------------------------


def envoyer(envoi_id: object) -> bool:
    """Envoie un courriel, une fois : deux workers s'attendent sur sa ligne. Rend False s'il est parti, ou n'a plus lieu d'être.

    L'échec remonte, pour que la tâche réessaie ; sa trace reste sur la ligne (`noter_echec`).
    """
    with transaction.atomic():
        envoi = (
            EnvoiDeclaration.objects.select_for_update(of=("self",))
            .filter(pk=envoi_id, envoye_le__isnull=True)
            .select_related("structure", "entreprise", "contact", "lien")
            .first()
        )
        if envoi is None:
            return False
        declarations = _a_dire(envoi)
        if not declarations:
            envoi.delete()  # le mois vient d'être reçu
            return False
        composer(envoi, declarations).send()
        envoi.envoye_le, envoi.erreur, envoi.tentatives = timezone.now(), "", envoi.tentatives + 1
        envoi.save(update_fields=["envoye_le", "erreur", "tentatives"])
    return True


def _a_dire(envoi: EnvoiDeclaration) -> list[Declaration]:
    """Les déclarations dont parle ce courriel : celles qui manquent ; renvoyé à la demande, toutes celles qui ne sont pas verrouillées."""
    siennes = Declaration.objects.du_mois(entreprise=envoi.entreprise_id, structure=envoi.structure_id, mois=envoi.mois)
    if envoi.etape != EtapeEnvoi.DEMANDE:
        siennes = siennes.filter(recue_le__isnull=True)
    return list(siennes.ouvertes().select_related("marche__operation", "marche__acheteur").order_by("echeance", "pk"))


def noter_echec(envoi_id: object, erreur: Exception) -> None:
    """Garde la classe de l'erreur, jamais son texte : un serveur de courriel y écrit l'adresse."""
    EnvoiDeclaration.objects.filter(pk=envoi_id, envoye_le__isnull=True).update(
        tentatives=F("tentatives") + 1, erreur=type(erreur).__name__
    )


def composer(envoi: EnvoiDeclaration, declarations: list[Declaration]) -> EmailMessage:
    contexte = {
        "envoi": envoi,
        "declarations": declarations,
        "echeance": declarations[0].echeance,
        "retard": (envoi.prevu_le - declarations[0].echeance).days,
        "lien": adresse_du_lien(envoi.lien) if envoi.lien else "",
        "page": settings.ADRESSE_PUBLIQUE + reverse("clauses:declaration_liste") + f"?mois={envoi.mois:%Y-%m}",
    }
    gabarit = f"clauses/courriels/declaration_{envoi.etape}"
    return EmailMessage(
        render_to_string(f"{gabarit}_sujet.txt", contexte).strip(),
        render_to_string(f"{gabarit}.txt", contexte),
        to=[envoi.courriel],
        headers={"Message-ID": identifiant_du_message(envoi), "Auto-Submitted": "auto-generated"},
    )


def identifiant_du_message(envoi: EnvoiDeclaration) -> str:
    """Ce qu'un serveur recopie quand il rend un courriel : il dit lequel, sans rien de personnel."""
    return f"<declaration.{envoi.pk.hex}@{urlsplit(settings.ADRESSE_PUBLIQUE).hostname}>"


# Ce qui revient --------------------------------------------------------------------------------------------------------


@transaction.atomic
def noter_retour(*, envoi: EnvoiDeclaration, jour: date) -> None:
    """Un courriel est revenu : son contact n'est plus écrit à cette adresse, jusqu'à ce qu'on la corrige."""
    EnvoiDeclaration.objects.filter(pk=envoi.pk, revenu_le__isnull=True).update(revenu_le=jour)
    ContactEntreprise.objects.filter(pk=envoi.contact_id, courriel=envoi.courriel, en_echec_le__isnull=True).update(
        en_echec_le=jour
    )
