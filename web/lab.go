package web

import (
	"net/http"
	"sync"

	"segue/account"
	"segue/lab"
	"segue/outcome/metric"
	"segue/recommend"
)

// labRoutes are the addresses of the laboratory: who may look, who may set work
// going, and who may choose what everybody's pages use.
func (s *Server) labRoutes() []route {
	see := func(h handler) answering { return s.pageFor(account.SeeLab, h) }
	run := func(h handler) answering { return s.pageFor(account.RunLab, h) }
	return []route{
		{"GET /lab", see(s.labPage)},
		{"GET /lab/jobs", see(s.labJobsPage)},
		{"POST /lab/jobs", run(s.startLabJob)},
		{"GET /lab/jobs/{job}", see(s.labJobPage)},
		{"GET /lab/jobs/{job}/events", see(s.labJobEvents)},
		{"POST /lab/jobs/{job}/cancel", run(s.cancelLabJob)},
		{"POST /lab/jobs/{job}/keep", run(s.keepModel)},

		{"GET /lab/labels", see(s.labelsPage)},
		{"POST /lab/labels", s.uploadFor(account.RunLab, s.auditLabels)},

		{"GET /lab/metrics", see(s.metricsPage)},

		{"GET /lab/experiments", see(s.experimentsPage)},
		{"GET /lab/experiments/new", run(s.newExperimentPage)},
		{"POST /lab/experiments/check", s.treeForm(account.RunLab, s.checkExperiment)},
		{"POST /lab/experiments/keep", s.treeForm(account.RunLab, s.keepExperiment)},
		{"POST /lab/experiments/stop", s.pageFor(account.ChooseVersion, s.stopExperiment)},
		{"GET /lab/experiments/{id}", see(s.experimentPage)},
		{"GET /lab/experiments/{id}/record.json", see(s.experimentRecord)},
		{"POST /lab/experiments/{id}/run", s.pageFor(account.ChooseVersion, s.runExperiment)},

		{"GET /lab/adaptation", see(s.adaptationPage)},
		{"POST /lab/adaptation/start", s.pageFor(account.ChooseVersion, s.startAdaptation)},
		{"POST /lab/adaptation/stop", s.pageFor(account.ChooseVersion, s.stopAdaptation)},

		{"GET /lab/versions/{kind}", see(s.versionsPage)},
		{"GET /lab/versions/{kind}/edit", run(s.editTreePage)},
		{"POST /lab/versions/{kind}/check", s.treeForm(account.RunLab, s.checkTree)},
		{"POST /lab/versions/{kind}/save", s.treeForm(account.RunLab, s.saveTree)},
		{"GET /lab/versions/{kind}/{id}", see(s.versionPage)},
		{"POST /lab/versions/{kind}/{id}/choose", s.pageFor(account.ChooseVersion, s.chooseVersion)},
	}
}

// navLab is the laboratory's place, beside the steps of the menu.
const navLab = "lab"

// A laboratory is what the pages of it hold ready.
type laboratory struct {
	wake chan struct{} // told of a new job

	mu       sync.Mutex
	music    *recommend.Music // explored last
	explored *lab.Exploration

	metrics     daySum[*metric.Report]
	experiments daySum[*experimentRead] // by hash of the design
	draws       locks                   // of who an arm is drawn for
	learned     learned                 // what came of hours, for the adaptive loop
	finishers   finishers               // what people finish, for the choice of tracks
}

// explore describes music, once for as long as it is what is looked at.
func (s *Server) explore(r *http.Request, m *recommend.Music) (*lab.Exploration, error) {
	l := &s.lab
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.music == m {
		return l.explored, nil
	}
	e, err := lab.Explore(r.Context(), m.Catalog, nil, m)
	if err == nil {
		l.music, l.explored = m, e
	}
	return e, err
}

// labPage shows the catalogue, and where the other pages of the laboratory are.
func (s *Server) labPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	m, err := v.music(r.Context())
	if err != nil {
		return err
	}
	e, err := s.explore(r, m)
	if err != nil {
		return err
	}
	return v.show(w, r, http.StatusOK, page{Title: v.Say("Lab"), Nav: navLab}, labPage(v, e))
}
