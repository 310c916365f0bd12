"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """With the least that OWASP's cheat sheet on storing passwords asks for (19 MiB, two passes), in place of Django's
    100 MiB: anybody can have as many tried at once as there are threads, and a small machine has to bear it."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1
