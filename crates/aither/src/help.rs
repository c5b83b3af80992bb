//! The longer texts of the help.

/// Below the help of the whole command: enough to write a result without another document.
pub(crate) const AFTER_HELP: &str = "\
To write a result, from its course:
  aither courses --upcoming            the ids of courses; without --upcoming all
  aither course COURSE                 its participants, with the ids of their participations
  aither participation PARTICIPATION   its result so far, and its version
  aither result PARTICIPATION --outcome \"Presents freely\" --notes \"Practise the opening\" --complete
      --dry-run                        shows what would change, and writes nothing
      --outcome-file FILE, --notes-file FILE
                                       read a text from a file; - is standard input
      --clear-outcome, --clear-notes   remove a text; one that is not named stays as it is
      --if-unchanged=VERSION           writes only if it still is the version that was shown
  aither results import FILE           many results from a CSV or NDJSON file; --dry-run checks it
  Giving the same command twice has the same effect as once.

Settings come from the environment, then from .env in the current directory. The least:
  HEMERA_API_BASE_URL=https://hemera.example.com
  CLERK_SECRET_KEY=sk_live_…           or CLERK_SECRET_KEY_FILE=/run/secrets/clerk-secret-key
  CLERK_ISSUER=https://clerk.example.com
  CLERK_SERVICE_USER_EMAIL=…           the address of the service user; or CLERK_SERVICE_USER_ID
  or, with a key of Hemera's operators: HEMERA_API_BASE_URL, AITHER_AUTH=service-key, HEMERA_API_KEY
`aither doctor` checks them. The session at Clerk is kept between calls; `aither logout` ends it.

Exit codes:
  0    done
  1    refused or failed: Hemera refused, or something failed on this machine
  2    wrong arguments; nothing was sent
  3    configuration: a setting is missing or wrong, or gives no token
  4    not reachable: Hemera or Clerk cannot be reached, or does not answer in time; try again later
  130  Ctrl-C, and 143 SIGTERM; the same command may be given again
A failure is one line on standard error that says what to do, and which request it was.";

/// Below the help of `result`.
pub(crate) const RESULT_EXAMPLES: &str = "\
Examples:
  aither result 2f1c… --outcome \"Presents freely\" --complete
  aither result 2f1c… --notes-file notes.txt --dry-run
  pandoc notes.docx -t plain | aither result 2f1c… --notes-file -
  aither result 2f1c… --clear-notes --if-unchanged=3
  aither result 2f1c… --outcome=\"- keeps to the time\"     a text that begins with a hyphen needs the equals sign
A text that is neither given nor cleared stays as it is.";

/// Below the help of `results import`.
pub(crate) const IMPORT_EXAMPLES: &str = "\
Examples:
  aither results import results.csv --dry-run
  aither results import results.csv
A CSV file has a header and these columns in any order; an empty text stays as it is at Hemera:
  participationId,resultOutcome,resultNotes,complete,clear,ifMatch
  part-1,Presents freely,,true,,
  part-2,,,,resultNotes,
Columns that no row needs may be missing, apart from participationId. `clear` names the texts to remove. A line of NDJSON
has the same names, and removes a text by null:
  {\"participationId\":\"part-1\",\"resultOutcome\":\"Presents freely\",\"complete\":true}
Exit code 1 says that the file has faults, or that some of its results were not written.";

/// Below the help of `token`.
pub(crate) const TOKEN_EXAMPLES: &str = "\
Examples:
  aither token
  curl -H \"Authorization: Bearer $(aither token --reveal)\" \"$HEMERA_API_BASE_URL/api/service/courses\"";

/// Below the help of `sync`.
pub(crate) const SYNC_EXAMPLES: &str = "\
Examples:
  aither sync /var/lib/aither/hemera
  aither sync next --next --pseudonymous
  aither sync /var/lib/aither/hemera --watch --every 5m
With --watch, Ctrl-C and SIGTERM end it with exit code 0.";

/// Below the help of `serve`.
pub(crate) const SERVE_EXAMPLES: &str = "\
Examples:
  (umask 077; openssl rand -hex 32 > door-key)
  aither serve --key-file door-key
  curl -H \"X-API-Key: $(cat door-key)\" http://127.0.0.1:4100/api/service/courses
  aither serve --socket /run/user/1000/aither/door.sock
The first Ctrl-C or SIGTERM lets requests end, the second does not.";

/// Below the help of `smoke`.
pub(crate) const SMOKE_EXAMPLES: &str = "\
Examples:
  aither smoke --base-url https://hemera.example.com
  aither smoke --for 2m                        while the servers are replaced: exit code 1 if one call failed
  aither smoke --write 2f1c…                   writes a line below the outcome, and takes it away again
  (umask 077; aither token --reveal > token); sleep 16m; aither smoke --expired-token token
Exit codes: 0 all that was tried is kept · 1 a promise is broken, or a call of --for failed · 2 wrong arguments ·
3 a setting is missing or gives no token · 4 Hemera or Clerk cannot be reached.";
