"""Les marchés à venir : ce que des acheteurs préparent, et ce que la maison de l'emploi leur répond."""

from collections import Counter
from decimal import Decimal

from beneficiaires.periodes import decaler
from clauses.clausier import bibliotheque
from clauses.models import AvisFacilitateur, ClauseCitee, MessageProjet, ProjetMarche, VersionClause
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.tables.clausier import VERSIONS
from config.demonstration.tables.projets import PROJETS, LigneProjet

STRUCTURE, REFERENT = "confluent", "claire"


def construire_projets(atelier: Atelier) -> None:
    _publier_les_versions(atelier)
    ProjetMarche.objects.bulk_create(_projet(atelier, ligne) for ligne in PROJETS)
    for ligne in PROJETS:
        _ecrire(atelier, ligne)


def _publier_les_versions(atelier: Atelier) -> None:
    numeros: Counter[str] = Counter()
    for ligne in VERSIONS:
        numeros[ligne.code] += 1
        VersionClause.objects.create(
            id=atelier.id("version_clause", ligne.code, numeros[ligne.code]),
            structure=atelier.organisations[STRUCTURE],
            code=ligne.code,
            numero=numeros[ligne.code],
            titre=ligne.titre,
            texte=ligne.texte,
            motif=ligne.motif,
            par=atelier.comptes[ligne.compte],
            le=_instant(atelier, ligne.jour, 14),
        )


def _citer(atelier: Atelier, ligne: LigneProjet, avis: AvisFacilitateur) -> None:
    """Les versions d'aujourd'hui : elles sont toutes parues avant l'avis."""
    projet = ProjetMarche.objects.select_related("structure").get(pk=avis.projet_id)
    courantes = {c.redaction.code: c for c in bibliotheque(ccag=projet.ccag, structure=projet.structure)}
    for rang, code in enumerate(ligne.avis.clauses, 1):
        clause = courantes[code]
        ClauseCitee.objects.create(
            id=atelier.id("clause_citee", ligne.cle, code),
            avis=avis,
            rang=rang,
            code=code,
            numero=clause.numero,
            titre=clause.titre,
            texte=clause.texte,
        )


def _instant(atelier: Atelier, jour: int | None, heure: int = 10):
    return None if jour is None else moment(decaler(atelier.reference, jour), heure, 0)


def _jour(atelier: Atelier, jour: int | None):
    return None if jour is None else decaler(atelier.reference, jour)


def _projet(atelier: Atelier, ligne: LigneProjet) -> ProjetMarche:
    publication = _jour(atelier, ligne.publication)
    date = {"publication": publication.strftime("%d/%m/%Y")} if publication else {}
    partie, depuis = ligne.attente or ("", None)
    return ProjetMarche(
        id=atelier.id("projet", ligne.cle),
        acheteur=atelier.organisations[ligne.organisation],
        structure=atelier.organisations[STRUCTURE],
        objet=ligne.objet,
        ccag=ligne.ccag,
        nature=ligne.calibrage["nature"],
        code_cpv=ligne.cpv,
        montant_ht_euros=Decimal(ligne.calibrage["montant_ht_euros"]),
        duree_mois=int(ligne.calibrage["duree_mois"]),
        commune="Villerive",
        lots_envisages=ligne.lots,
        publication_prevue=publication,
        question=ligne.question.replace(" ?", "\u00a0?").replace(" :", "\u00a0:"),
        calibrage=ligne.calibrage | date,
        attente=partie,
        attente_depuis=_instant(atelier, depuis),
        demande_le=_instant(atelier, ligne.demande),
        publie_le=_jour(atelier, ligne.publie),
        cree_par=atelier.comptes[ligne.compte],
        cree_le=_instant(atelier, ligne.cree),
    )


def _ecrire(atelier: Atelier, ligne: LigneProjet) -> None:
    """Le fil, puis l'avis."""
    projet = atelier.id("projet", ligne.cle)
    referent, structure = atelier.comptes[REFERENT], atelier.organisations[STRUCTURE]
    for rang, message in enumerate(ligne.messages):
        auteur = referent if message.du_facilitateur else atelier.comptes[ligne.compte]
        organisation = structure if message.du_facilitateur else atelier.organisations[ligne.organisation]
        MessageProjet.objects.create(
            id=atelier.id("message_projet", ligne.cle, rang),
            projet_id=projet,
            organisation=organisation,
            auteur=auteur,
            texte=message.texte.replace(" ?", "\u00a0?"),
            le=_instant(atelier, message.jour, 11),
        )
    if ligne.avis is not None:
        avis = AvisFacilitateur.objects.create(
            id=atelier.id("avis_projet", ligne.cle),
            projet_id=projet,
            dispositif=ligne.avis.dispositif,
            heures=ligne.avis.heures,
            texte=ligne.avis.texte.replace(" :", "\u00a0:"),
            par=referent,
            le=_instant(atelier, ligne.avis.jour, 15),
        )
        _citer(atelier, ligne, avis)
