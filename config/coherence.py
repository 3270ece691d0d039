"""Les copies que garde la base, chacune comparée à son recalcul : cumuls, heures dues, fins d'agrément, fenêtres d'éligibilité.

Une copie est écrite par un service dans la même transaction que ce dont elle vient. Rien ici ne corrige : un écart est un défaut à
comprendre. Les écarts désignent un objet par le début de son identifiant, jamais une personne par son nom.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Min, Prefetch

from clauses import cumuls
from clauses.models import Avenant, Eligibilite, Engagement, ModeEngagement, ReleveHeures
from clauses.regles import Decision, calculer_heures_dues
from clauses.services.fenetres import fenetre_prevue
from comptes.formats import date_chiffres, mois_annee
from parcours.models import Agrement
from parcours.regles import fin_agrement


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
    yield from _heures_dues()
    yield from _fins_agrement()
    yield from _fenetres()
    yield from _mois_des_releves()


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


def _heures_dues() -> Iterator[Ecart]:
    """Heures de l'attribution par la formule, puis de proche en proche celles d'avant et d'après chaque avenant."""
    avenants = Avenant.objects.filter(heures_apres__isnull=False).order_by("date_notification", "numero")
    for engagement in Engagement.objects.prefetch_related(Prefetch("avenants", avenants)):
        nom = f"Engagement {_court(engagement.pk)}"
        if engagement.mode == ModeEngagement.FORMULE:
            initiales = calculer_heures_dues(
                montant_ht_euros=engagement.montant_ht_euros,
                part_main_oeuvre=engagement.part_main_oeuvre,
                taux_effort=engagement.taux_effort,
                cout_horaire_euros=engagement.cout_horaire_euros,
                arrondi=engagement.arrondi,
            )
            if initiales != engagement.heures_initiales:
                yield Ecart(f"{nom}, heures à l’attribution", str(engagement.heures_initiales), str(initiales))
        dues = engagement.heures_initiales
        for avenant in engagement.avenants.all():
            if avenant.heures_avant != dues:
                yield Ecart(f"{nom}, heures avant l’avenant {avenant.numero}", str(avenant.heures_avant), str(dues))
            dues = avenant.heures_apres
        if engagement.heures_dues != dues:
            yield Ecart(f"{nom}, heures dues", str(engagement.heures_dues), str(dues))


def _fins_agrement() -> Iterator[Ecart]:
    for agrement in Agrement.objects.iterator():
        fin = fin_agrement(agrement.type_agrement, debut=agrement.date_debut, fin_officielle=agrement.fin_officielle)
        if agrement.date_fin != fin:
            yield Ecart(f"Agrément {_court(agrement.pk)}, fin", date_chiffres(agrement.date_fin), date_chiffres(fin))


def _fenetres() -> Iterator[Ecart]:
    """Chaque décision relue : sa fenêtre, avec ses propres paramètres et ses contrats, et ce que la ligne en répète."""
    eligibilites = Eligibilite.objects.annotate(premiere_embauche=Min("affectations__contrat__date_debut"))
    for eligibilite in eligibilites.iterator():
        prise = Decision.depuis_json(eligibilite.decision)
        juste = fenetre_prevue(eligibilite, embauche=eligibilite.premiere_embauche)
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


def _court(pk: object) -> str:
    return str(pk)[:8]
