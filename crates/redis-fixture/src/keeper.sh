# Starts "$2" with the configuration in the folder "$1", and stands over it: does what it reads from its standard
# input, and when that closes, ends the server and removes the folder. It closes when the process that holds the other
# end ends, however that comes about. Its own words go to standard error.
"$2" "$1/redis.conf" &
server=$!
# Only the server holds standard output from now on: a reader sees its end.
exec >&2
trap '' HUP INT TERM
while read -r signal; do
  kill -s "$signal" "$server" && echo "keeper: $signal"
done
kill -s KILL "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf -- "$1"
