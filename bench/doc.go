// Package bench measures Segue's numeric core: how fast each algorithm is on data
// of a given size, how near it comes to what memory and the processor can give,
// and how much memory it needs; and its hours: how good they are, and how fast.
//
// A Worker is a process that holds tables and answers requests about them, one
// JSON object a line, so that making or reading data is not in what is timed, and
// so that two workers, or a worker and somebody else's program, can be measured
// in turn. Serve is the worker's side; NewWorker begins one and Ask asks it. Measure
// runs a Work on one worker for each kind of kernels, Grow one on a growing table.
//
// Hours plans random hours from given music and measures them: how far their cost
// can be from the least there is, which bars they pass, how they stand beside
// simpler methods, what another seed changes, and how long planning takes.
//
// The folder also holds run.sh, which measures Segue beside other libraries by
// asking a worker from Python.
package bench
