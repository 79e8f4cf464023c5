// Package history reads listening exports, as the services give them, into
// []segue.Play. It is told where the files are and finds out by itself what
// they are: files, folders, and ZIPs as they came, mixed as they like.
//
// # What is read
//
//	Spotify extended streaming history   endsong_N.json, Streaming_History_Audio_*.json   end of play, seconds
//	Spotify account data                 StreamingHistoryN.json, StreamingHistory_music_N.json   end of play, minutes
//	Apple Music                          Apple Music Play Activity.csv   end of play, milliseconds
//	ListenBrainz                         listens/YYYY/M.jsonl in its ZIP, the older JSON array, pages of its API   start
//	Maloja                               maloja_export_*.json, pages of its API   start
//	Last.fm                              pages of user.getRecentTracks (JSON), lastfmstats.com (JSON, CSV),
//	                                     lastfm.ghan.nl (CSV), artist,album,track,date without a header (CSV)   start
//
// A format is recognised by the names of its fields, never by the file's
// name. Every time is UTC, as all these exports have it.
//
// # What is kept
//
// Only title, artist, album, identifiers, end, time heard and whether it was
// skipped: a field that is not asked for by name is passed over, so addresses,
// countries, devices, user agents and user names are never held. Plays made in
// a private session are kept, for the export is the listener's own; that they
// were private is not. Podcasts, audiobooks and videos are counted and left
// out. Short plays and plays of no length stay: a skip is a signal.
//
// # What the report adds up to
//
// For each file, Rows = Imported + Duplicates + the sum of Dropped. A file that
// breaks off (an unfinished download) is never read in part: Read fails with
// one line that names it. Errors name fields and rows, never what was heard.
//
// # Skips
//
// The extended export has two fields. reason_end says what happened, so it
// decides where it is decisive: trackdone is No; fwdbtn, backbtn, clickrow,
// clickside, playbtn, popup and uriopen, by all of which the listener went to
// something else, are Yes. Otherwise skipped decides; null, as old exports
// write it, is Unknown. (Old exports also write skipped:false beside fwdbtn,
// which is why skipped does not come first.) Of Apple's End Reason Type,
// NATURAL_END_OF_TRACK, pausing and scrubbing are No; skipping either way,
// choosing another item and banning the track are Yes. The account export and
// the scrobblers do not say: Unknown.
//
// # Merging
//
// Exports overlap, and people import twice. Two plays are one if artist and
// title are equal but for case, accents and punctuation, they lasted equally
// long to the millisecond, and ended at the same time at the coarser of their
// resolutions. Within one file equal rows are one as well if the play lasted
// longer than the file's resolution, because nobody can have heard it twice in
// that time; shorter ones, such as two instant skips in one minute, are all
// kept, and as many are kept of several files as the file with most has.
//
// Between formats, the account export's minute is compared with the extended
// export's second, and a scrobble with a play, or with another service's
// scrobble, by artist, title and a start not more than 90 s apart. The format
// that says more wins (the order above), and takes over identifiers and album
// if it had none. The result does not depend on the order of the files. Plays that
// ended at one time keep the order of their rows, oldest first.
//
// # What was known before
//
// Plays read before (Options.Known) take part as one more file, so that an
// export brought twice, or one that overlaps what is there, adds nothing twice.
// What is known of a play does not say which format it came from. Where a file
// has a record with the same names, start and end, the play is of that file's
// format: an export is compared with itself. Otherwise a scrobble is of no
// service: it comes before new scrobbles, or, if it began on a whole minute or
// has no length of its own, after them; a play that ended on a whole minute, and
// of which it is unknown whether it was skipped, is the account export's; any
// other is the extended export's. Two plays known before are never merged with
// each other: they were compared when they were read. A row whose play was known
// counts as a duplicate, even where it says more and takes the play's place.
//
// So the order in which exports are brought does not matter, but for what is
// forgotten: an account export's play that ended on a whole minute in fact is
// compared to the minute, and of scrobbles within 90 s of each other, from several
// services at several times, the times of one are kept and not always those of the
// service that says most.
//
// # Adding a format
//
// Write one file with a function that returns a format: its name, sniff, which
// looks at the field names found in the first 64 KiB, and read, which hands
// each row to a sink (readJSON and readTable do the walking, the limits and
// the counting). Then add one line to formats in detect.go, above the formats
// that say less of a play. Put a small fictional file in testdata, and its
// line in the table of TestFormats, which also seeds the fuzz targets.
package history
