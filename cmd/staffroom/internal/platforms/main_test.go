package platforms

import (
	"testing"
	_ "time/tzdata"

	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

func TestMain(m *testing.M) { redistest.Main(m) }
