"""Table des matières : une sous-liste par sujet."""

from reporting.urls_fiches import urlpatterns as fiches

app_name = "reporting"

urlpatterns = [*fiches]
