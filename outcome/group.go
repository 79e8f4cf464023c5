package outcome

// GroupLeast is the least number of people behind any number that is shown of a group.
// (docs/science.md §8; d)
const GroupLeast = 10
