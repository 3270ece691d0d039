"""Ce que la grille regarde, dit en SQL : les lignes à montrer, celles où des heures manquent, et leurs sommes.

Une opération peut avoir des milliers de lignes : elles se comptent ici sans être lues. Ce que SQL ne sait pas trancher, une fenêtre
qui n'est pas celle que garde la décision, est relu par les règles, pour les seules cases vides qui en dépendent.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from beneficiaires.periodes import Periode, mois_de
from clauses.grille.ensemble import Attente, Totaux
from clauses.grille.modele import TOUTES_NATURES, VIDE, ZERO, Demande
from clauses.grille.parts import Calendrier
from clauses.models import Affectation, EtatReleve, NatureHeures, ReleveHeures, ReponseEligibilite, Titulaire
from comptes.models import Utilisateur

TITULAIRE = "engagement__titulaire"
ORDRE = ("contrat__beneficiaire__cle_tri", "contrat__date_debut", "pk")
A_VERIFIER = (EtatReleve.DECLARE, EtatReleve.RECTIFIE)


@dataclass(frozen=True, slots=True)
class Compte:
    """Les affectations d'un titulaire : toutes, celles que ces mois montrent, celles que l'état choisi retient.

    Au dernier mois, heures de travail : celles qui restent `a_declarer`, celles qui le sont (`declarees`).
    """

    lignes: int = 0
    montrees: int = 0
    trouvees: int = 0
    a_declarer: int = 0
    declarees: int = 0


class Portee:
    """Les affectations que cet utilisateur voit, aux lot et titulaire demandés. `titulaires` : dans l'ordre où ils se lisent."""

    def __init__(
        self, demande: Demande, titulaires: Sequence[Titulaire], utilisateur: Utilisateur, aujourd_hui: date
    ) -> None:
        self.demande = demande
        self.titulaires = [
            t for t in titulaires if demande.lot in (None, t.lot_id) and demande.titulaire in (None, t.pk)
        ]
        self.visibles = Affectation.objects.pour(utilisateur)
        self.affectations = (
            self.visibles.filter(**{f"{TITULAIRE}__in": [t.pk for t in self.titulaires]})
            .alias(fin_contrat=Coalesce("contrat__date_rupture", "contrat__date_fin"))
            .order_by()
        )
        self.aujourd_hui = aujourd_hui

    # Ce qui se montre -------------------------------------------------------------------------------------------------

    @cached_property
    def montree(self) -> Q:
        """Des heures peuvent s'y saisir, ou il y en a, sur ces mois."""
        mois, fin = self.demande.mois, mois_de(self.demande.dernier_mois).fin
        releves = self._releves(mois__range=(mois[0], mois[-1]), nature__in=self.demande.natures)
        return self._saisissable(mois[0], fin) | Q(Exists(releves))

    @cached_property
    def trouvee(self) -> Q:
        """Montrée, et à l'état choisi."""
        demande = self.demande
        if demande.etat == VIDE:
            # Ce qui se saisit au dernier mois est de ce que montrent ces mois.
            return self._vide if self._attendues == [NatureHeures.TRAVAIL] else self._manque(*self._attendues)
        if not demande.etat:
            return self.montree
        releves = self._releves(
            mois__range=(demande.mois[0], demande.mois[-1]), nature__in=demande.natures, etat=demande.etat
        )
        return self.montree & Q(Exists(releves))

    @property
    def _attendues(self) -> list[str]:
        """Les natures dont une case vide s'attend à être remplie : la formation ne l'est que si on la demande."""
        if self.demande.nature == TOUTES_NATURES:
            return NatureHeures.values
        return [self.demande.nature or NatureHeures.TRAVAIL.value]

    @cached_property
    def _vide(self) -> Q:
        return self._manque(NatureHeures.TRAVAIL)

    def _manque(self, *natures: str) -> Q:
        """Au dernier mois, une case de ces natures est vide et se saisit."""
        manque = Q()
        for nature in natures:
            manque |= ~Q(Exists(self._releves(mois=self.demande.dernier_mois, nature=nature)))
        return self._saisissable_au_dernier_mois & manque & ~Q(pk__in=self._fermees)

    @cached_property
    def _saisissable_au_dernier_mois(self) -> Q:
        mois = mois_de(self.demande.dernier_mois)
        return self._saisissable(mois.debut, mois.fin)

    @cached_property
    def _fermees(self) -> list[UUID]:
        """Les affectations que leur fenêtre particulière ferme au dernier mois, alors que celle de leur décision est ouverte."""
        douteuses = self.affectations.filter(
            self._saisissable_au_dernier_mois, eligibilite__a_fenetre_particuliere=True
        ).select_related("contrat", "eligibilite", "engagement")
        return [
            a.pk
            for a in self.avec_titulaires(douteuses)
            if self.calendrier(a).part(self.demande.dernier_mois)[0] is None
        ]

    def calendrier(self, affectation: Affectation) -> Calendrier:
        est_prorata = affectation.engagement.titulaire_id in self._au_prorata
        return Calendrier(affectation, est_prorata=est_prorata, aujourd_hui=self.aujourd_hui)

    @cached_property
    def _au_prorata(self) -> set[UUID]:
        return {t.pk for t in self.titulaires if t.est_au_prorata}

    @staticmethod
    def _releves(**conditions: object) -> QuerySet[ReleveHeures]:
        return ReleveHeures.objects.filter(affectation=OuterRef("pk"), **conditions)

    def _saisissable(self, debut: date, fin: date) -> Q:
        """Contrat, fenêtre et lot ont un jour commun entre ces deux dates, et il est arrivé (`regles.periode_saisissable`).

        Des périodes qui se touchent deux à deux se touchent toutes : chaque lot borne les dates, le reste se compare deux à deux.
        """
        par_calendrier: defaultdict[tuple[Periode, bool], list[UUID]] = defaultdict(list)
        for titulaire in self.titulaires:
            jours = _jours_du_lot(titulaire, Periode(debut, fin), self.aujourd_hui)
            if jours is not None:
                par_calendrier[jours, titulaire.est_au_prorata].append(titulaire.pk)
        condition = Q(pk__in=[])
        for (jours, est_prorata), titulaires in par_calendrier.items():
            condition |= Q(**{f"{TITULAIRE}__in": titulaires}) & self._ouverte(jours, est_prorata)
        return condition

    def _ouverte(self, jours: Periode, est_prorata: bool) -> Q:
        commence_avant = min(jours.fin, self.aujourd_hui)
        # Au prorata, un mois que la fenêtre touche se saisit en entier : elle peut ne s'ouvrir qu'à la fin du mois.
        s_ouvre_avant = jours.fin if est_prorata else commence_avant
        decision, ouverture, fermeture = "eligibilite__reponse", "eligibilite__date_debut", "eligibilite__date_fin"
        contrat = Q(contrat__date_debut__lte=commence_avant) & (
            Q(fin_contrat__gte=jours.debut) | Q(fin_contrat__isnull=True)
        )
        ouverte = Q(**{f"{ouverture}__lte": s_ouvre_avant}) & (
            Q(fin_contrat__gte=F(ouverture)) | Q(fin_contrat__isnull=True)
        )
        fermee_apres = Q(**{f"{fermeture}__gte": jours.debut}) & Q(**{f"{fermeture}__gte": F("contrat__date_debut")})
        return (
            contrat
            & Q(**{decision: ReponseEligibilite.ELIGIBLE})
            & (fermee_apres | Q(**{f"{fermeture}__isnull": True}))
            & (ouverte | Q(eligibilite__part_de_la_premiere_heure=True))
        )

    # Ce qui se compte -------------------------------------------------------------------------------------------------

    def compter(self) -> dict[UUID, Compte]:
        """Par titulaire, combien de lignes et de cases. Deux requêtes."""
        conditions = {"montrees": self.montree, "trouvees": self.trouvee}
        if self.demande.nature != NatureHeures.FORMATION:
            declare = Exists(self._releves(mois=self.demande.dernier_mois, nature=NatureHeures.TRAVAIL))
            conditions |= {"a_declarer": self._vide, "declarees": Q(declare)}
        # Sans état choisi, tout ce qui se montre est trouvé : la même condition ne se compte qu'une fois.
        comptees = {id(condition): nom for nom, condition in reversed(conditions.items())}
        comptes = {nom: Count("pk", filter=conditions[nom]) for nom in comptees.values()}
        return {
            lu[TITULAIRE]: Compte(lu["lignes"], **{nom: lu[comptees[id(c)]] for nom, c in conditions.items()})
            for lu in self.affectations.values(TITULAIRE).annotate(lignes=Count("pk"), **comptes)
        }

    def compter_personnes(self, autres: Collection[UUID]) -> int:
        """Combien de personnes ont une ligne retenue, ou sont parmi ces `autres`. Une requête."""
        personne = "contrat__beneficiaire"
        lus = self.affectations.filter(self.trouvee).aggregate(
            toutes=Count(personne, distinct=True),
            deja=Count(personne, distinct=True, filter=Q(**{f"{personne}__in": autres})),
        )
        return lus["toutes"] + len(autres) - lus["deja"]

    def sommer(self) -> tuple[dict[UUID, Totaux], Attente, Attente]:
        """Par titulaire, les heures validées et comptées ; puis ce qui est à vérifier et à valider sur ces mois. Une requête."""
        mois = self.demande.mois
        valide, verifie = Q(etat=EtatReleve.VALIDE), Q(etat=EtatReleve.VERIFIE)
        a_verifier = Q(etat__in=A_VERIFIER)
        lues = (
            ReleveHeures.objects.filter(
                # Le titulaire aussi : sans lui, PostgreSQL lirait les relevés de toutes les opérations.
                affectation__in=self.visibles.order_by().values("pk"),
                mois__lte=mois[-1],
                nature__in=self.demande.natures,
                **{f"affectation__{TITULAIRE}__in": [t.pk for t in self.titulaires]},
            )
            .annotate(colonne=Case(When(mois__gte=mois[0], then=F("mois"))))
            .order_by()
            .values_list(f"affectation__{TITULAIRE}", "colonne")
            .annotate(
                validees=Coalesce(Sum("heures_comptees", filter=valide), ZERO),
                n_verifier=Count("pk", filter=a_verifier),
                h_verifier=Coalesce(Sum("heures", filter=a_verifier), ZERO),
                n_valider=Count("pk", filter=verifie),
                h_valider=Coalesce(Sum("heures", filter=verifie), ZERO),
            )
        )
        totaux: defaultdict[UUID, Totaux] = defaultdict(Totaux)
        attente_verifier, attente_valider = Attente(), Attente()
        for titulaire, colonne, validees, n_verifier, h_verifier, n_valider, h_valider in lues:
            if colonne is None:
                totaux[titulaire].avant += validees
                continue
            totaux[titulaire].mois[mois.index(colonne)] += validees
            attente_verifier.ajouter(n_verifier, h_verifier)
            attente_valider.ajouter(n_valider, h_valider)
        return totaux, attente_verifier, attente_valider

    # Ce qui se lit ----------------------------------------------------------------------------------------------------

    def rangees(self, titulaires: Sequence[UUID]) -> QuerySet[Affectation]:
        """Les affectations de ces titulaires, dans l'ordre de la page."""
        if not titulaires:
            return self.affectations.none()
        rang = Func(
            Value(list(titulaires), output_field=ArrayField(UUIDField())),
            TITULAIRE,
            function="array_position",
            output_field=IntegerField(),
        )
        return self.affectations.order_by(rang, *ORDRE)

    def avec_titulaires(self, affectations: QuerySet[Affectation]) -> list[Affectation]:
        """Les lit, et donne à chacune son titulaire, déjà lu avec son lot et son marché. Une requête."""
        lues = list(affectations)
        titulaires = {t.pk: t for t in self.titulaires}
        for affectation in lues:
            affectation.engagement.titulaire = titulaires[affectation.engagement.titulaire_id]
        return lues

    def rang(self, affectation: UUID) -> tuple[UUID, int] | None:
        """Rend le titulaire d'une affectation retenue, et combien d'autres y sont avant elle. Deux requêtes."""
        retenues = self.affectations.filter(self.trouvee)
        cle = retenues.filter(pk=affectation).values_list(TITULAIRE, *ORDRE).first()
        if cle is None:
            return None
        titulaire, *valeurs = cle
        avant, egales = Q(), Q()
        for champ, valeur in zip(ORDRE, valeurs, strict=True):
            avant |= egales & Q(**{f"{champ}__lt": valeur})
            egales &= Q(**{champ: valeur})
        return titulaire, retenues.filter(avant, **{TITULAIRE: titulaire}).count()


def _jours_du_lot(titulaire: Titulaire, jours: Periode, aujourd_hui: date) -> Periode | None:
    """Les jours où le lot s'exécute parmi ceux-là ; None s'il est clos, s'il n'y en a pas, ou s'ils sont tous à venir."""
    lot = titulaire.lot
    communs = jours if lot.periode is None else jours.intersection(lot.periode)
    est_clos = lot.clos_le is not None and lot.clos_le <= aujourd_hui
    return None if est_clos or communs is None or communs.debut > aujourd_hui else communs
