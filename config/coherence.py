"""Les copies que garde la base, chacune comparée à son recalcul : cumuls, heures comptées, imputées et dues, fins de marché et
d'agrément, sorties et suivis, fenêtres, bilans, offres.

Une copie est écrite par un service dans la même transaction que ce dont elle vient. Rien ici ne corrige : un écart est un défaut à
comprendre. Les écarts désignent un objet par le début de son identifiant, jamais une personne par son nom.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, Max, Min, Prefetch, Q, Sum, Value
from django.db.models.functions import Coalesce

from clauses import comptage, cumuls
from clauses.heures_dues import MODES_MOUVANTS, heures_exactes, parametres_heures_dues, recalculer
from clauses.models import Avenant, Eligibilite, Engagement, Lot, Marche, ModeEngagement, Offre, ReleveHeures
from clauses.regles import Decision
from clauses.regles.modes_dues import MODES_CALCULES
from clauses.regles.offres import etat_selon_les_postes
from clauses.services.engagements import (
    engagements_calcules,
    initiales_voulues,
    partage_du_lot,
)
from clauses.services.fenetres import fenetre_prevue
from clauses.services.fins import faits_delai, fin_de
from comptes.formats import date_chiffres, mois_annee
from comptes.regles import Refus
from parcours.models import Agrement, ReglageSuivi, Sortie
from parcours.regles import REGLE_SUIVI
from parcours.services.faits import faits_agrement
from parcours.services.sorties import classer, missions_dites
from parcours.services.suivis import attendus
from reporting.models import EtatBilan


@dataclass(frozen=True, slots=True)
class Ecart:
    """Une copie fausse : l'objet, ce que dit la copie, ce que donne le recalcul."""

    objet: str
    copie: str
    recalcul: str

    def __str__(self) -> str:
        return f"{self.objet}\u00a0: {self.copie}, au lieu de {self.recalcul}"


def tous_les_ecarts() -> Iterator[Ecart]:
    """Rend tous les écarts, un sujet après l'autre."""
    yield from _cumuls()
    yield from _comptes()
    yield from _imputees()
    yield from _heures_dues()
    yield from _fins_des_marches()
    yield from _fins_agrement()
    yield from _sorties()
    yield from _fenetres()
    yield from _mois_des_releves()
    yield from _marches_figes()
    yield from _offres()


def _cumuls() -> Iterator[Ecart]:
    for ecart in cumuls.ecarts():
        copie, releves = ecart.copie or {}, ecart.releves or {}
        for champ in cumuls.CHAMPS:
            if copie.get(champ) != releves.get(champ):
                yield Ecart(
                    f"Cumul de {mois_annee(ecart.mois)}, engagement {_court(ecart.engagement_id)}, {champ}",
                    str(copie.get(champ, "aucune ligne")),
                    str(releves.get(champ, "aucune ligne")),
                )


def _comptes() -> Iterator[Ecart]:
    """Ce que compte chaque relevé, chaque imputation, sous la version de la règle qu'il porte."""
    for faux in comptage.comptes_faux():
        for quoi, copie, juste in zip(
            ("écartées", "motif", "ETP", "version de la règle"), faux.copie, faux.juste, strict=True
        ):
            if copie != juste:
                sorte = "Relevé" if faux.sorte == comptage.RELEVE else "Imputation"
                yield Ecart(f"{sorte} {_court(faux.cle)}, heures comptées, {quoi}", str(copie), str(juste))


def _imputees() -> Iterator[Ecart]:
    """Les heures d'un relevé qui comptent ailleurs : la somme de ses imputations, jamais plus que lui."""
    somme = Coalesce(Sum("imputations__heures"), Value(Decimal(0)), output_field=DecimalField())
    releves = ReleveHeures.objects.filter(Q(heures_imputees__gt=0) | Q(imputations__isnull=False)).annotate(juste=somme)
    for releve in releves:
        if releve.heures_imputees != releve.juste:
            yield Ecart(f"Relevé {_court(releve.pk)}, heures imputées", str(releve.heures_imputees), str(releve.juste))
        if releve.juste > releve.heures:
            nom = f"Relevé {_court(releve.pk)}, heures imputées au-delà des siennes"
            yield Ecart(nom, str(releve.juste), str(releve.heures))


def _heures_dues() -> Iterator[Ecart]:
    """Chaque engagement : tranches, bons et avenants rejoués, chaîne des avenants, puis arrondis et partages du marché et du lot."""
    avenants = Avenant.objects.order_by("date_notification", "numero")
    engagements = Engagement.objects.prefetch_related(Prefetch("avenants", avenants), "tranches", "commandes")
    for engagement in engagements:
        nom, justes = f"Engagement {_court(engagement.pk)}", recalculer(engagement)
        yield from _chaine_des_avenants(engagement, nom)
        if engagement.heures_initiales != justes.initiales:
            yield Ecart(f"{nom}, heures à l’attribution", str(engagement.heures_initiales), str(justes.initiales))
        if engagement.heures_dues != justes.dues:
            yield Ecart(f"{nom}, heures dues", str(engagement.heures_dues), str(justes.dues))
    yield from _arrondis()
    yield from _partages()


def _chaine_des_avenants(engagement: Engagement, nom: str) -> Iterator[Ecart]:
    """Des heures qui ne viennent que de l'attribution : chaque avenant part de celles que le précédent a laissées."""
    if engagement.mode in MODES_MOUVANTS:
        return
    dues = engagement.heures_initiales
    for avenant in engagement.avenants.all():
        if avenant.heures_apres is None:
            continue
        if avenant.heures_avant != dues:
            yield Ecart(f"{nom}, heures avant l’avenant {avenant.numero}", str(avenant.heures_avant), str(dues))
        dues = avenant.heures_apres


def _arrondis() -> Iterator[Ecart]:
    """Les heures calculées, arrondies lot par lot ou sur le total du marché ; celles qu'un avenant a figées, à moins d'une heure près."""
    for marche in Marche.objects.filter(lots__titulaires__engagement__mode__in=MODES_CALCULES).distinct():
        parametres = parametres_heures_dues(marche.regles.filter(est_courante=True).first())
        calcules = engagements_calcules(marche)
        for engagement, voulues in zip(calcules, initiales_voulues(calcules, parametres), strict=True):
            exactes, ecrites = heures_exactes(engagement), engagement.heures_initiales
            if (voulues is None and abs(ecrites - exactes) >= 1) or (voulues is not None and ecrites != voulues):
                nom = f"Engagement {_court(engagement.pk)}, heures à l’attribution"
                yield Ecart(nom, str(ecrites), str(exactes if voulues is None else voulues))


def _partages() -> Iterator[Ecart]:
    """La somme des parts d'un groupement est celle du lot, que chaque membre répète."""
    for lot in Lot.objects.filter(titulaires__engagement__mode=ModeEngagement.PART_LOT).distinct():
        parts = list(Engagement.objects.filter(titulaire__lot=lot, mode=ModeEngagement.PART_LOT))
        voulues = partage_du_lot(parts[0].heures_lot, {e.titulaire_id: e.part_lot_pourcent for e in parts})
        for engagement in parts:
            if engagement.heures_lot != parts[0].heures_lot:
                nom = f"Engagement {_court(engagement.pk)}, heures du lot entier"
                yield Ecart(nom, str(engagement.heures_lot), str(parts[0].heures_lot))
            if engagement.heures_initiales != voulues[engagement.titulaire_id]:
                nom = f"Engagement {_court(engagement.pk)}, part du lot"
                yield Ecart(nom, str(engagement.heures_initiales), str(voulues[engagement.titulaire_id]))


def _fins_des_marches() -> Iterator[Ecart]:
    """La fin d'un marché que ses avenants ont changée ; une fin écrite sur la fiche l'emporte. Les autres sont des saisies."""
    for marche in Marche.objects.prefetch_related("avenants"):
        nom, suit = f"Marché {_court(marche.pk)}", bool(faits_delai(marche.avenants.all()))
        if marche.fin_suit_avenants != suit:
            yield Ecart(f"{nom}, fin qui suit les avenants", str(marche.fin_suit_avenants), str(suit))
        elif marche.date_fin != (juste := fin_de(marche).fin):
            yield Ecart(f"{nom}, fin", date_chiffres(marche.date_fin), date_chiffres(juste))


def _fins_agrement() -> Iterator[Ecart]:
    """Suspensions, prolongations accordées, renouvellements et réglages du PLIE compris ; la date écrite l'emporte.

    Le porteur d'un parcours répète le nom de son PLIE.
    """
    for agrement in Agrement.objects.avec_faits().iterator(chunk_size=2000):
        if agrement.plie is not None and agrement.porteur != agrement.plie.nom:
            yield Ecart(f"Agrément {_court(agrement.pk)}, porteur", agrement.porteur, agrement.plie.nom)
        fin = faits_agrement(agrement).fin
        if agrement.date_fin != fin:
            yield Ecart(f"Agrément {_court(agrement.pk)}, fin", date_chiffres(agrement.date_fin), date_chiffres(fin))


def _sorties() -> Iterator[Ecart]:
    """La classe d'une sortie, relue au jour où elle a été classée, et le jour de ses suivis ; un parcours clos finit à sa sortie."""
    regles = {reglage.structure_id: reglage.regle for reglage in ReglageSuivi.objects.all()}
    sorties = Sortie.objects.select_related("parcours__beneficiaire").prefetch_related("missions", "suivis")
    for sortie in sorties.iterator(chunk_size=2000):
        nom = f"Sortie {_court(sortie.pk)}"
        classe = classer(sortie, missions_dites(sortie), sortie.classee_au).classe.value
        if sortie.classe != classe:
            yield Ecart(f"{nom}, classe", sortie.classe, classe)
        if sortie.parcours.date_fin != sortie.date_sortie:
            copie = date_chiffres(sortie.parcours.date_fin)
            yield Ecart(f"{nom}, fin du parcours", copie, date_chiffres(sortie.date_sortie))
        trouves = attendus(sortie, regles.get(sortie.parcours.beneficiaire.structure_id, REGLE_SUIVI))
        jours = {} if isinstance(trouves, Refus) else {suivi.mois: suivi.jour for suivi in trouves}
        for suivi in sortie.suivis.all():
            # Un suivi répondu reste, même si le réglage ne le demande plus.
            juste = jours.get(suivi.jalon_mois, suivi.date_prevue if suivi.reponse else None)
            if suivi.date_prevue != juste:
                yield Ecart(
                    f"{nom}, suivi à {suivi.jalon_mois} mois", date_chiffres(suivi.date_prevue), date_chiffres(juste)
                )


def _fenetres() -> Iterator[Ecart]:
    """Chaque décision relue : sa fenêtre, avec ses propres paramètres et ses contrats, et ce que la ligne en répète.

    Une décision remplacée qui a cédé ses contrats à la suivante n'a plus rien dont la recalculer : elle reste telle qu'elle a été prise.
    """
    eligibilites = Eligibilite.objects.annotate(premiere_embauche=Min("affectations__contrat__date_debut"))
    for eligibilite in eligibilites.iterator():
        prise = Decision.depuis_json(eligibilite.decision)
        est_close = eligibilite.premiere_embauche is None and not eligibilite.est_courante
        juste = prise if est_close else fenetre_prevue(eligibilite, embauche=eligibilite.premiere_embauche)
        nom = f"Éligibilité {_court(eligibilite.pk)}"
        bornes = (juste.fenetre.debut, juste.fenetre.fin) if juste.fenetre else (None, None)
        paires = (
            ("réponse", eligibilite.reponse, juste.reponse.value),
            ("critères", eligibilite.criteres_retenus, list(prise.criteres)),
            ("date de décision", date_chiffres(eligibilite.date_decision), date_chiffres(prise.date_decision)),
            ("début", date_chiffres(eligibilite.date_debut), date_chiffres(bornes[0])),
            ("fin", date_chiffres(eligibilite.date_fin), date_chiffres(bornes[1])),
        )
        for quoi, copie, recalcul in paires:
            if copie != recalcul:
                yield Ecart(f"{nom}, {quoi}", str(copie), str(recalcul))
        if prise.fenetre != juste.fenetre:
            yield Ecart(f"{nom}, fenêtre gardée dans la décision", str(prise.fenetre), str(juste.fenetre))


def _mois_des_releves() -> Iterator[Ecart]:
    for pk, mois, debut in ReleveHeures.objects.values_list("pk", "mois", "date_debut").iterator():
        if mois != debut.replace(day=1):
            yield Ecart(f"Relevé {_court(pk)}, mois", mois_annee(mois), mois_annee(debut))


def _marches_figes() -> Iterator[Ecart]:
    """Un marché est figé au dernier jour de ses bilans prêts, ou plus loin."""
    prets = Max("bilans__arrete_au", filter=Q(bilans__etat=EtatBilan.PRET))
    for marche in Marche.objects.annotate(arrete=prets).filter(arrete__isnull=False).only("fige_au"):
        if marche.fige_au is None or marche.fige_au < marche.arrete:
            copie = date_chiffres(marche.fige_au) if marche.fige_au else "aucune date"
            yield Ecart(f"Marché {_court(marche.pk)}, figé au", copie, date_chiffres(marche.arrete))


def _offres() -> Iterator[Ecart]:
    """Une offre publiée ou pourvue selon les personnes retenues."""
    for offre in Offre.objects.avec_comptes():
        juste = etat_selon_les_postes(offre.etat, postes=offre.postes, retenues=offre.retenues)
        if offre.etat != juste:
            yield Ecart(f"Offre {_court(offre.pk)}, état", offre.etat, juste)


def _court(pk: object) -> str:
    return str(pk)[:8]
