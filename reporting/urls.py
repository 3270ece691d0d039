"""Table des matières : une sous-liste par sujet."""

from reporting.urls_alertes import urlpatterns as alertes
from reporting.urls_bilans import urlpatterns as bilans
from reporting.urls_fiches import urlpatterns as fiches

app_name = "reporting"

urlpatterns = [*fiches, *alertes, *bilans]
