"""Le courriel des nouvelles offres : un par abonné et par jour ouvré, s'il y en a. Aucun nom de personne.

D'abord une ligne par courriel à envoyer (`preparer`), puis chacun pour lui-même (`envoyer`) : ce qui est tué en route se reprend, ce qui
est parti ne repart pas.
"""

from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import CharField, Exists, ExpressionWrapper, F, Field, FloatField, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from beneficiaires.lieux import eloignement
from clauses.models import AlerteOffre, EnvoiOffres, Offre
from comptes.models import Adhesion, Profil, Utilisateur

SEL = "clauses.alertes_offres"
DUREE_DU_LIEN = timedelta(days=365)
OFFRES_AU_PLUS = 20


def nouvelles_de_l_alerte(jour: date) -> QuerySet[Offre]:
    """En sous-requête d'une alerte : les offres ouvertes, publiées depuis la dernière fois, qui répondent à sa recherche."""
    metiers = AlerteOffre.metiers.through.objects.filter(alerteoffre=OuterRef(OuterRef("pk")))
    return (
        Offre.objects.ouvertes(jour)
        .alias(
            eloignement=eloignement(_de_l_alerte("latitude", FloatField()), _de_l_alerte("longitude", FloatField())),
            cle_cherchee=_de_l_alerte("cle_commune", CharField()),
        )
        .filter(
            Q(cle_cherchee="") | Q(cle_commune=F("cle_cherchee")) | Q(eloignement__lte=OuterRef("rayon_km")),
            ~Exists(metiers) | Exists(metiers.filter(metierrome=OuterRef("metier"))),
            publiee_le__gt=OuterRef("vues_jusqu_a"),
        )
        .order_by("-publiee_le", "pk")
    )


def _de_l_alerte(nom: str, type_: Field) -> ExpressionWrapper:
    return ExpressionWrapper(OuterRef(nom), output_field=type_)


def alertes_actives() -> QuerySet[AlerteOffre]:
    """Celles d'un compte actif, toujours membre d'un prescripteur."""
    membres = Adhesion.objects.en_cours().filter(organisation__profil=Profil.PRESCRIPTEUR)
    return AlerteOffre.objects.filter(utilisateur__is_active=True, utilisateur__in=membres.values("utilisateur"))


def preparer(jour: date) -> list[EnvoiOffres]:
    """Écrit la ligne de chaque courriel dû ce jour ; rend celles qui restent à envoyer. Relancé, rien ne s'écrit deux fois."""
    abonnes = alertes_actives().filter(Exists(nouvelles_de_l_alerte(jour))).order_by("utilisateur").distinct()
    EnvoiOffres.objects.bulk_create(
        [EnvoiOffres(utilisateur_id=pk, jour=jour) for pk in abonnes.values_list("utilisateur", flat=True)],
        ignore_conflicts=True,
    )
    return list(EnvoiOffres.objects.filter(jour=jour, envoye_le__isnull=True))


def envoyer(envoi_id: object) -> bool:
    """Envoie un courriel, une fois : deux workers s'attendent sur sa ligne. Rend False s'il est parti, ou n'a plus lieu d'être."""
    with transaction.atomic():
        envoi = (
            EnvoiOffres.objects.select_for_update(of=("self",))
            .select_related("utilisateur")
            .filter(pk=envoi_id, envoye_le__isnull=True)
            .first()
        )
        offres = _offres_a_dire(envoi) if envoi else []
        if not offres:
            return False
        composer(envoi, offres).send()
        dernier = max(offre.publiee_le for offre in offres)
        AlerteOffre.objects.filter(utilisateur=envoi.utilisateur, vues_jusqu_a__lt=dernier).update(vues_jusqu_a=dernier)
        envoi.envoye_le, envoi.erreur, envoi.tentatives = timezone.now(), "", envoi.tentatives + 1
        envoi.save(update_fields=["envoye_le", "erreur", "tentatives"])
    return True


def _offres_a_dire(envoi: EnvoiOffres) -> list[Offre]:
    """Les nouvelles de toutes ses alertes, chacune une fois, la dernière publiée en tête."""
    alertes = alertes_actives().filter(utilisateur=envoi.utilisateur)
    cles = alertes.annotate(nouvelles=ArraySubquery(nouvelles_de_l_alerte(envoi.jour).values("pk")))
    toutes = {pk for siennes in cles.values_list("nouvelles", flat=True) for pk in siennes}
    return list(Offre.objects.filter(pk__in=toutes).avec_ses_parties().order_by("-publiee_le", "pk"))


def noter_echec(envoi_id: object, erreur: Exception) -> None:
    """Garde la classe de l'erreur, jamais son texte : un serveur de courriel y écrit l'adresse."""
    EnvoiOffres.objects.filter(pk=envoi_id, envoye_le__isnull=True).update(
        tentatives=F("tentatives") + 1, erreur=type(erreur).__name__
    )


def composer(envoi: EnvoiOffres, offres: list[Offre]) -> EmailMessage:
    liste = settings.ADRESSE_PUBLIQUE + reverse("clauses:offre_liste")
    arret = adresse_d_arret(envoi.utilisateur)
    contexte = {
        "prenom": envoi.utilisateur.prenom,
        "jour": envoi.jour,
        "nombre": len(offres),
        "lignes": [(offre, f"{liste}{offre.pk}/") for offre in offres[:OFFRES_AU_PLUS]],
        "autres": len(offres[OFFRES_AU_PLUS:]),
        "liste": liste,
        "alertes": settings.ADRESSE_PUBLIQUE + reverse("clauses:alerte_offre_liste"),
        "arret": arret,
    }
    return EmailMessage(
        render_to_string("clauses/courriels/offres_sujet.txt", contexte).strip(),
        render_to_string("clauses/courriels/offres.txt", contexte),
        to=[envoi.utilisateur.email],
        headers={
            "List-Unsubscribe": f"<{arret}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            # Le même à chaque essai : un courriel accepté juste avant une panne ne se lit pas deux fois.
            "Message-ID": f"<{envoi.pk.hex}@etape>",
        },
    )


def adresse_d_arret(utilisateur: Utilisateur) -> str:
    """L'adresse signée qui supprime les alertes de ce compte : elle vaut sans connexion, un an durant."""
    jeton = signing.dumps(str(utilisateur.pk), salt=SEL)
    return settings.ADRESSE_PUBLIQUE + reverse("clauses:alerte_offre_arreter", args=[jeton])


def abonne_du_jeton(jeton: str) -> Utilisateur | None:
    """Le compte que dit un jeton ; None s'il est faux, vieux de plus d'un an, ou d'un compte disparu."""
    try:
        cle = signing.loads(jeton, salt=SEL, max_age=DUREE_DU_LIEN)
    except signing.BadSignature:
        return None
    return Utilisateur.objects.filter(pk=cle).first()
