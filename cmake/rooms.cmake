# The house, from the ground up: a room uses only rooms above its own line here.
# CONTRIBUTING.md draws it; tests/style/layers.t holds every include and every symbol against it.
room(base       src/base            PUBLIC PkgConfig::CYAML Threads::Threads m PRIVATE PkgConfig::CRYPTO)
room(postgres   src/postgres        USES base PUBLIC PkgConfig::LIBPQ)
room(record     src/record          USES base)
room(statistics src/statistics      USES record PRIVATE PkgConfig::GSL)
room(schema     src/schema          USES postgres PUBLIC PkgConfig::XXHASH)
room(suite      src/suite           USES base)
room(migrator   src/migrator        USES suite postgres)
room(relay      src/relay           USES postgres PRIVATE PkgConfig::TLS)
room(cost       src/cost            USES relay migrator record)
room(migrate    src/migrate         USES postgres PRIVATE PkgConfig::CRYPTO WITHOUT main.c)
room(generator  fixtures/generator  USES postgres)
room(reports    reports             USES statistics PRIVATE PkgConfig::JANSSON PkgConfig::LIBXML2 PkgConfig::CURL)
room(ground     harness/ground      USES generator migrator record schema)
room(production harness/production  USES ground reports PRIVATE PkgConfig::JANSSON
     EMBED certificates/certificate.schema.json)
room(deployment harness/deployment  USES production PRIVATE PkgConfig::JANSSON PkgConfig::CURL)
room(rules      harness/rules       USES ground cost)
room(rehearsal  harness/rehearsal   USES deployment rules cost PUBLIC public_headers)
room(measures   harness/measures    USES rehearsal migrate PUBLIC PkgConfig::SQLITE PRIVATE PkgConfig::JANSSON)
room(scenarios  scenarios           USES rehearsal)
room(commands   harness/commands    USES measures scenarios PRIVATE PkgConfig::POPT PkgConfig::JANSSON
     WITHOUT main.c scenario_main.c)
