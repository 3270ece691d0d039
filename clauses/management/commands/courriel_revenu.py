"""Noter qu'un courriel est revenu : le serveur de courriel donne le message de retour (RFC 3464) sur l'entrée standard.

Avec Postfix, dans /etc/aliases : ne-pas-repondre: "|/chemin/manage.py courriel_revenu".
"""

import re
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

from django.core.management.base import BaseCommand
from django.utils import timezone

from clauses.models import EnvoiDeclaration
from clauses.services.envois import noter_retour

TAILLE_MAXIMALE = 1024 * 1024
IDENTIFIANT = re.compile(r"<declaration\.([0-9a-f]{32})@")


class Command(BaseCommand):
    help = "Lit sur l’entrée standard le message de retour d’un courriel, et le note. Un retard, ou un autre message, ne change rien."

    def handle(self, *args: object, **options: object) -> None:
        message = message_from_bytes(sys.stdin.buffer.read(TAILLE_MAXIMALE), policy=policy.default)
        envoi = _envoi_revenu(message)
        if envoi is None:
            self.stdout.write(
                "Ce message n’est pas le retour définitif d’un courriel de déclaration : rien n’est noté."
            )
            return
        noter_retour(envoi=envoi, jour=timezone.localdate())
        self.stdout.write("Le retour est noté.")


def _envoi_revenu(message: EmailMessage) -> EnvoiDeclaration | None:
    """L'envoi dont ce message rend compte, s'il dit un échec définitif."""
    if message.get_content_type() != "multipart/report" or not _est_definitif(message):
        return None
    for partie in message.walk():
        if partie.get_content_type() not in ("message/rfc822", "text/rfc822-headers"):
            continue
        if trouve := IDENTIFIANT.search(partie.as_string()):
            return EnvoiDeclaration.objects.filter(pk=UUID(hex=trouve[1])).first()
    return None


def _est_definitif(message: EmailMessage) -> bool:
    """Le statut par destinataire dit « failed » : un simple retard (« delayed ») n'est pas un retour."""
    for partie in message.walk():
        if partie.get_content_type() == "message/delivery-status":
            blocs = partie.get_payload()
            if any(str(bloc.get("Action", "")).strip().lower() == "failed" for bloc in blocs):
                return True
    return False
