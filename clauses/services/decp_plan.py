"""Ce que l'import d'un marché lu dans les DECP ajouterait à ce que la structure connaît déjà."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch, Q

from clauses.decp import AvenantLu, Consideration, IdentiteLue, MarcheLu, SousTraitantLu
from clauses.models import Marche, Titulaire
from clauses.services.decp_annuaire import Annuaire, Partie, cle_de, nom_propose, ouvrir_annuaire
from clauses.services.fins import fin_de
from comptes.formats import accord, date_longue, en_lettres, enumeration, quantite
from comptes.models import Organisation, Profil


class Statut(StrEnum):
    """Ce que l'import ferait d'un marché."""

    NOUVEAU = "nouveau"
    A_COMPLETER = "a_completer"
    RIEN_DE_NEUF = "rien_de_neuf"


@dataclass(frozen=True, slots=True)
class Plan:
    """Ce que l'import d'un marché ajouterait, et ce qu'il laisse, en phrases."""

    marche: MarcheLu
    annuaire: Annuaire
    existant: Marche | None
    organisations: tuple[Partie, ...]
    titulaires: tuple[IdentiteLue, ...]
    avenants: tuple[AvenantLu, ...]
    sous_traitants: tuple[SousTraitantLu, ...]
    remarques: tuple[str, ...]
    a_un_homonyme: bool = False

    @property
    def statut(self) -> Statut:
        if self.existant is None:
            return Statut.NOUVEAU
        return Statut.A_COMPLETER if self.avenants or self.sous_traitants else Statut.RIEN_DE_NEUF

    @property
    def ajouts(self) -> list[str]:
        """Ce qui serait créé, en mots : « une opération », « 2 avenants »…"""
        mots = []
        if self.existant is None:
            mots = ["un marché", "un lot"]
            if n := len(self.titulaires):
                mots.append(_en_mots(n, "titulaire"))
        if n := len(self.sous_traitants):
            mots.append(_en_mots(n, "sous-traitant"))
        if n := len(self.avenants):
            mots.append(_en_mots(n, "avenant"))
        return mots

    @property
    def nom_acheteur(self) -> str:
        return self.annuaire.nommer(self.marche.acheteur, Profil.ACHETEUR)

    @property
    def noms_titulaires(self) -> list[str]:
        return [self.annuaire.nommer(entreprise, Profil.ENTREPRISE) for entreprise in self.marche.titulaires]

    @property
    def noms_sous_traitants(self) -> list[str]:
        return [self.annuaire.nommer(acte.entreprise, Profil.ENTREPRISE) for acte in self.marche.sous_traitants]

    @property
    def noms_inscrits(self) -> list[str]:
        """Les organisations qui s'ajouteraient à l'annuaire."""
        return [nom_propose(identite, profil) for identite, profil in self.organisations]


def _en_mots(n: int, mot: str) -> str:
    return f"{en_lettres(n)}\u00a0{accord(n, mot)}"


def planifier(marches: Sequence[MarcheLu], *, structure: Organisation) -> tuple[list[Plan], Annuaire]:
    """Rend ce que l'import de chaque marché ajouterait, et l'annuaire. Le nombre de requêtes ne dépend pas de leur nombre."""
    connus = defaultdict(list)
    for connu in _marches_connus(marches, structure):
        connus[connu.cle_decp or connu.reference].append(connu)
    annuaire = ouvrir_annuaire(partie for marche in marches for partie in _parties(marche))
    plans = [_planifier_un(marche, connus[marche.cle] + connus[marche.identifiant], annuaire) for marche in marches]
    return plans, annuaire


def _marches_connus(marches: Sequence[MarcheLu], structure: Organisation) -> list[Marche]:
    """Ceux de la structure qui ont la clé nationale, ou, saisis à la main, la même référence."""
    cles = {marche.cle for marche in marches}
    references = {marche.identifiant for marche in marches}
    titulaires = Titulaire.objects.order_by("pk")
    return list(
        Marche.objects.filter(operation__structure=structure)
        .filter(Q(cle_decp__in=cles) | Q(cle_decp="", reference__in=references))
        .select_related("operation", "acheteur", "reprise_decp")
        .prefetch_related("avenants", "lots", Prefetch("lots__titulaires", titulaires))
        .order_by("cree_le")
    )


def _parties(marche: MarcheLu) -> list[Partie]:
    entreprises = [*marche.titulaires, *(acte.entreprise for acte in marche.sous_traitants)]
    return [(marche.acheteur, Profil.ACHETEUR), *((entreprise, Profil.ENTREPRISE) for entreprise in entreprises)]


def _planifier_un(marche: MarcheLu, connus: Sequence[Marche], annuaire: Annuaire) -> Plan:
    existant = next((connu for connu in connus if _est_le_meme(marche, connu)), None)
    if existant is not None:
        return _plan_d_ajout(marche, existant, annuaire)
    homonymes = [connu for connu in connus if not connu.cle_decp and not connu.acheteur.siret]
    titulaires, sous_traitants, remarques = _entreprises(marche)
    return Plan(
        marche=marche,
        annuaire=annuaire,
        existant=None,
        organisations=_inconnues(_parties(marche), annuaire),
        titulaires=titulaires,
        avenants=marche.avenants,
        sous_traitants=sous_traitants,
        remarques=(
            *_remarques_de_creation(marche, homonymes, sous_traitants),
            *remarques,
            *_changements_de_titulaires(marche.avenants),
        ),
        a_un_homonyme=bool(homonymes),
    )


def _est_le_meme(marche: MarcheLu, connu: Marche) -> bool:
    if connu.cle_decp:
        return connu.cle_decp == marche.cle
    return connu.acheteur.siret != "" and connu.acheteur.siret == marche.acheteur.siret


def _remarques_de_creation(
    marche: MarcheLu, homonymes: Sequence[Marche], sous_traitants: Sequence[SousTraitantLu]
) -> list[str]:
    remarques = [
        f"Un marché de même référence est déjà saisi, pour {connu.acheteur.nom}, sans SIRET\u00a0: "
        "si c’est le même, complétez ce SIRET plutôt que d’importer."
        for connu in homonymes
    ]
    if marche.est_reserve:
        remarques.append(
            "Le fichier ne dit pas à qui le marché est réservé\u00a0: aux SIAE, EA et ESAT, à vérifier sur la fiche."
        )
    elif marche.considerations and Consideration.CLAUSE not in marche.considerations:
        remarques.append("Aucune clause sociale n’est publiée pour ce marché\u00a0: le type de clause est à vérifier.")
    if sous_traitants and len(marche.titulaires) > 1:
        remarques.append("Le fichier ne dit pas quel titulaire sous-traite\u00a0: à préciser sur le lot.")
    return remarques


def _entreprises(marche: MarcheLu) -> tuple[tuple[IdentiteLue, ...], tuple[SousTraitantLu, ...], list[str]]:
    """Une entreprise n'est inscrite qu'une fois sur un lot, comme titulaire ou comme sous-traitante."""
    titulaires = {cle_de(lu, Profil.ENTREPRISE): lu for lu in reversed(marche.titulaires)}
    actes: dict[tuple[str, str], SousTraitantLu] = {}
    remarques = []
    for acte in marche.sous_traitants:
        cle = cle_de(acte.entreprise, Profil.ENTREPRISE)
        if cle in titulaires or cle in actes:
            role = "titulaire" if cle in titulaires else "sous-traitante par un autre acte"
            remarques.append(f"{noms([acte.entreprise])}, déjà {role}, n’est inscrite qu’une fois.")
        actes.setdefault(cle, acte)
    restants = tuple(acte for cle, acte in actes.items() if cle not in titulaires)
    return tuple(reversed(titulaires.values())), restants, remarques


def _plan_d_ajout(marche: MarcheLu, existant: Marche, annuaire: Annuaire) -> Plan:
    repris = elements_repris(existant)
    numeros = {avenant.numero for avenant in existant.avenants.all()}
    avenants = [a for a in marche.avenants if a.cle not in repris and a.numero not in numeros]
    remarques = [*_changements_de_titulaires(avenants), *_changements_de_la_fin(existant, avenants)]
    lots = list(existant.lots.all())
    inscrites = {titulaire.entreprise_id for lot in lots for titulaire in lot.titulaires.all()}
    nouveaux = []
    for acte in _entreprises(marche)[1]:
        connue = annuaire.trouver(acte.entreprise, Profil.ENTREPRISE)
        if acte.cle in repris or (connue is not None and connue.pk in inscrites):
            continue
        nouveaux.append(acte)
    if nouveaux and len(lots) != 1:
        remarques.append(
            f"{noms(acte.entreprise for acte in nouveaux)}\u00a0: sous-traitance à inscrire vous-même, "
            f"le marché a {en_lettres(len(lots))} {accord(len(lots), 'lot')}."
        )
        nouveaux = []
    return Plan(
        marche=marche,
        annuaire=annuaire,
        existant=existant,
        organisations=_inconnues(((acte.entreprise, Profil.ENTREPRISE) for acte in nouveaux), annuaire),
        titulaires=(),
        avenants=tuple(avenants),
        sous_traitants=tuple(nouveaux),
        remarques=tuple(remarques),
    )


def elements_repris(marche: Marche | None) -> set[str]:
    """Rend les clés des avenants et des actes déjà repris d'un fichier."""
    reprise = getattr(marche, "reprise_decp", None) if marche else None
    return set(reprise.elements) if reprise else set()


def _changements_de_titulaires(avenants: Iterable[AvenantLu]) -> list[str]:
    return [
        f"L’avenant {avenant.numero} change les titulaires ({noms(avenant.titulaires)})\u00a0: à inscrire vous-même."
        for avenant in avenants
        if avenant.titulaires
    ]


def _changements_de_la_fin(existant: Marche, avenants: Sequence[AvenantLu]) -> list[str]:
    """Ce que deviendrait la fin du marché, avenant par avenant ; une fin écrite sur la fiche reste."""
    nouveaux = {f"avenant {a.numero}": a for a in avenants if a.duree_mois}
    fin = fin_de(existant, en_plus=[a.delai for a in nouveaux.values()])
    etapes = {etape.nom: etape for etape in fin.etapes}
    phrases = []
    for nom, avenant in nouveaux.items():
        debut = f"L’{nom} porte la durée à {quantite(avenant.duree_mois, 'mois')}"
        if nom not in etapes:
            phrases.append(f"{debut}, mais sa date est à vérifier\u00a0: la fin du marché ne bouge pas.")
        elif existant.date_fin_ecrite:
            phrases.append(
                f"{debut}\u00a0: la fin écrite sur la fiche, le {date_longue(existant.date_fin)}, l’emporte."
            )
        elif etapes[nom].fin_apres != etapes[nom].fin_avant:
            avant, apres = date_longue(etapes[nom].fin_avant), date_longue(etapes[nom].fin_apres)
            phrases.append(f"{debut}\u00a0: la fin du marché passe du {avant} au {apres}.")
        else:
            phrases.append(f"{debut}\u00a0: la fin du marché ne bouge pas.")
    return phrases


def noms(entreprises: Iterable[IdentiteLue]) -> str:
    """Rend les noms des entreprises, tels qu'elles seraient inscrites."""
    return enumeration(nom_propose(entreprise, Profil.ENTREPRISE) for entreprise in entreprises)


def _inconnues(parties: Iterable[Partie], annuaire: Annuaire) -> tuple[Partie, ...]:
    uniques = {cle_de(identite, profil): (identite, profil) for identite, profil in parties}
    return tuple(partie for partie in uniques.values() if annuaire.trouver(*partie) is None)
