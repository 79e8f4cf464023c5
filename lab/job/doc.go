// Package job runs long work that outlives its process: work is queued, a worker
// takes it up, says how far it is, and keeps what another worker needs to go on with
// it, of this process or of the next.
//
// The queue is somebody else's: Queue is what a Runner asks of it, in the terms of a
// database with leases. A job that is running belongs to one worker until its lease
// ends; a worker that lives renews it, and one that died loses it.
//
// What a job holds is never told: not in an Event, and not in the words of a failure
// but those that its Work chose itself.
package job
