package mood

// KNote says what the number of clusters is: shown wherever k is.
const KNote = "k = 4 is a product choice, one cluster for each named mood: the curves do not single it out."
